namespace Pawl.Tests.Tokens;

/// <summary>When a token is good, to the second, and what is no time at all.</summary>
public sealed class TokenTimesTests
{
    private static readonly long Now = Given.Now.ToUnixTimeSeconds();
    private static readonly TimeSpan Skew = Given.Rules.ClockSkew;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Requirement("CLM-02")]
    [Fact]
    public void A_token_expires_at_exp_and_the_clock_skew_and_no_sooner_or_later()
    {
        var token = Given.AccessToken();
        var end = Given.Now + Given.Policy.AccessTokenLifetime;
        Jws.AssertAccepted(token, now: end - Tick);
        Jws.AssertAccepted(token, now: end);
        Jws.AssertAccepted(token, now: end + Skew - Tick);
        Jws.AssertRefused(AccessTokenError.Expired, token, now: end + Skew);
        Jws.AssertRefused(AccessTokenError.Expired, token, now: end + TimeSpan.FromDays(9999));

        var none = Given.Rules with { ClockSkew = TimeSpan.Zero };
        Jws.AssertAccepted(token, rules: none, now: end - Tick);
        Jws.AssertRefused(AccessTokenError.Expired, token, rules: none, now: end);
    }

    [Requirement("JWS-16")]
    [Fact]
    public void A_token_that_was_accepted_expires_at_the_same_moment_on_a_second_look()
    {
        var token = Jws.Validate(Given.AccessToken()).Token!;
        var end = token.ExpiresAt + Skew;
        Assert.False(AccessTokenValidator.IsExpired(token, Given.Rules, end - Tick));
        Assert.True(AccessTokenValidator.IsExpired(token, Given.Rules, end));
    }

    [Fact]
    public void An_expired_token_still_names_its_session()
    {
        var result = Jws.Validate(Given.AccessToken(), now: Given.Now + TimeSpan.FromDays(1));
        Assert.Equal((AccessTokenError.Expired, false), (result.Error, result.IsAccepted));
        Assert.Equal(Given.SessionId, result.Token!.SessionId);
    }

    [Requirement("CLM-02", "CLM-03")]
    [Fact]
    public void A_token_begins_at_the_later_of_iat_and_nbf_less_the_clock_skew()
    {
        foreach (
            var payload in new[]
            {
                Jws.Payload(),
                Jws.Payload(("iat", $"{Now - 100}"), ("nbf", $"{Now}")),
                Jws.Payload(("nbf", $"{Now - 100}")),
            }
        )
        {
            var token = Jws.Sign(payload);
            Jws.AssertAccepted(token, now: Given.Now - Skew);
            Jws.AssertRefused(AccessTokenError.NotYetValid, token, now: Given.Now - Skew - Tick);
        }
        Jws.AssertRefused(AccessTokenError.NotYetValid, Jws.Sign(Jws.Payload(("iat", $"{Now + 86400}"), ("exp", $"{Now + 86700}"))));
    }

    [Requirement("CLM-01", "ATTACK-16")]
    [Theory]
    [InlineData(null)]
    [InlineData("\"1795457100\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1795457100]")]
    [InlineData("{}")]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1795457100.5")] // refused consistently: nothing of ours is written with a fraction
    [InlineData("1.7954571e9")]
    [InlineData("9223372036854775807")] // 2^63 - 1
    [InlineData("9223372036854775808")]
    [InlineData("18446744075505008716")] // 2^64 more than a good one
    [InlineData("4296762396")] // 2^32 more
    [InlineData("253402300800")] // the year 10000
    [InlineData("253402300799")] // the last second before it: a time, but no life that is believed
    [InlineData("1795457100000")] // milliseconds
    [InlineData("0")]
    public void Anything_but_a_believable_number_is_no_exp(string? exp) =>
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("exp", exp))));

    [Requirement("CLM-01", "CLM-03")]
    [Theory]
    [InlineData(null)]
    [InlineData("\"1795456800\"")]
    [InlineData("null")]
    [InlineData("-1")]
    [InlineData("1795456800.5")]
    [InlineData("1e400")]
    [InlineData("253402300800")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("0")]
    public void Anything_but_a_believable_number_is_no_iat(string? iat) =>
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("iat", iat))));

    [Requirement("CLM-01")]
    [Theory]
    [InlineData("\"1795456800\"")]
    [InlineData("null")]
    [InlineData("-1")]
    [InlineData("1795456800.5")]
    [InlineData("1e400")]
    [InlineData("253402300800")]
    [InlineData("9223372036854775807")]
    public void An_nbf_that_is_there_is_a_number(string nbf) =>
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("nbf", nbf))));

    [Requirement("CLM-02")]
    [Fact]
    public void A_token_that_begins_when_it_has_expired_is_good_at_no_moment()
    {
        // Also not by the clock skew, which would let it begin early and end late.
        foreach (var nbf in new[] { Now + 10, Now + 11 })
            Jws.AssertRefused(
                AccessTokenError.ClaimRefused,
                Jws.Sign(Jws.Payload(("iat", $"{Now}"), ("nbf", $"{nbf}"), ("exp", $"{Now + 10}")))
            );
        Jws.AssertAccepted(Jws.Sign(Jws.Payload(("iat", $"{Now}"), ("nbf", $"{Now + 9}"), ("exp", $"{Now + 10}"))));
    }

    [Requirement("CLM-03")]
    [Fact]
    public void A_life_longer_than_the_longest_is_not_believed_though_our_key_signed_it()
    {
        var longest = (long)Given.Rules.MaxLifetime.TotalSeconds;
        Assert.Equal(3600, longest);
        Jws.AssertAccepted(Jws.Sign(Jws.Payload(("exp", $"{Now + longest}"))));
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("exp", $"{Now + longest + 1}"))));
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("exp", $"{Now + 315360000}"))));
    }

    [Fact]
    public void A_token_that_never_lived_is_refused()
    {
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("exp", $"{Now}"))));
        Jws.AssertRefused(AccessTokenError.ClaimRefused, Jws.Sign(Jws.Payload(("exp", $"{Now - 1}"))));
        Jws.AssertAccepted(Jws.Sign(Jws.Payload(("exp", $"{Now + 1}"))));
    }

    [Fact]
    public void The_last_second_there_is_overflows_nothing()
    {
        var rules = Given.Rules with { MaxLifetime = TimeSpan.MaxValue };
        Jws.AssertAccepted(Jws.Sign(Jws.Payload(("exp", "253402300799"))), rules: rules);
        Jws.AssertAccepted(Jws.Sign(Jws.Payload(("iat", "0"))), rules: rules);
    }
}
