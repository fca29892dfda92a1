namespace Pawl.Tests.Keys;

public sealed class KeyRingTests
{
    [Requirement("KEY-05")]
    [Fact]
    public void The_signing_key_verifies_too_whether_it_is_listed_or_not()
    {
        foreach (
            var ring in new[]
            {
                new KeyRing(Given.Key, [], []),
                new KeyRing(Given.Key, [Given.Key], []),
                new KeyRing(Given.Key, [Given.ForeignKey, Given.Key], []),
            }
        )
        {
            Assert.Same(Given.Key, ring.Signing);
            Assert.Same(Given.Key, ring.FindSigningKey(Given.Key.KeyId));
            Assert.Same(Given.Key, ring.FindByHeaderSegment(Given.Key.HeaderSegment));
            Assert.Equal(ring.Verifying.Count, ring.Verifying.Select(static k => k.KeyId).Distinct().Count());
        }
    }

    [Requirement("KEY-04")]
    [Fact]
    public void A_key_is_found_by_its_exact_kid_only()
    {
        var ring = new KeyRing(null, [Given.Key], []);
        Assert.Null(ring.Signing);
        Assert.Null(ring.FindSigningKey(Given.ForeignKey.KeyId));
        Assert.Null(ring.FindSigningKey(""));
        Assert.Null(ring.FindSigningKey(Given.Key.KeyId + " "));
        Assert.Null(ring.FindByHeaderSegment(""));
        Assert.Null(ring.FindByHeaderSegment(Given.ForeignKey.HeaderSegment));
    }

    [Requirement("KEY-08")]
    [Fact]
    public void A_key_that_was_taken_out_opens_nothing_any_more()
    {
        var token = Given.AccessToken();
        Tokens.Jws.AssertAccepted(token, new KeyRing(Given.ForeignKey, [Given.Key], []));
        Tokens.Jws.AssertRefused(AccessTokenError.UnknownKey, token, new KeyRing(Given.ForeignKey, [], []));
    }

    [Fact]
    public void The_first_refresh_token_key_writes_and_all_of_them_read()
    {
        var (first, last) = (new RefreshTokenKey(0, new byte[32]), new RefreshTokenKey(255, new byte[32]));
        var ring = new KeyRing(null, [], [last, first]);
        Assert.Same(last, ring.RefreshTokenKey);
        Assert.Same(first, ring.FindRefreshTokenKey(0));
        Assert.Same(last, ring.FindRefreshTokenKey(255));
        Assert.Null(ring.FindRefreshTokenKey(1));
        Assert.Null(new KeyRing(null, [], []).RefreshTokenKey);
    }

    [Requirement("KEY-05")]
    [Fact]
    public void Two_refresh_token_keys_of_one_number_are_refused() =>
        Assert.Throws<ArgumentException>("refreshTokenKeys", () =>
            new KeyRing(null, [], [new RefreshTokenKey(1, new byte[32]), new RefreshTokenKey(1, new byte[32])])
        );
}
