namespace Pawl.Tests.Proofs;

/// <summary>A challenge is good for ten minutes, for one purpose and one session, on every node of the app.</summary>
public sealed class DeviceChallengeTests
{
    private static readonly byte[] Random = [.. Enumerable.Range(0, DeviceChallenge.RandomSize).Select(static i => (byte)i)];
    private static readonly SessionId Session = new(Enumerable.Repeat((byte)7, SessionId.Size).ToArray());
    private static readonly string Challenge = Write(Given.RefreshKey);

    [Theory]
    [InlineData(-3, "Old")]
    [InlineData(-1, "Fresh")]
    [InlineData(0, "Fresh")]
    [InlineData(10, "Fresh")]
    [InlineData(11, "Old")]
    public void It_is_good_for_ten_minutes(int minutes, string expected) => Assert.Equal(expected, Check(Given.Now.AddMinutes(minutes)));

    [Requirement("POP-03")]
    [Fact]
    public void It_is_of_one_purpose_one_session_and_one_app()
    {
        Assert.Equal(44, Challenge.Length);
        Assert.Equal("Wrong", Check(Given.Now, purpose: ChallengePurpose.Register));
        Assert.Equal("Wrong", Check(Given.Now, session: new(new byte[SessionId.Size])));
        var secret = new byte[RefreshTokenKey.SecretSize];
        Assert.Equal("Wrong", Check(Given.Now, text: Write(new(Given.RefreshKey.Id, secret))));
        Assert.Equal("Wrong", Check(Given.Now, text: Write(new(99, secret))));
    }

    [Fact]
    public void A_change_of_any_character_makes_it_wrong()
    {
        for (var i = 0; i < Challenge.Length; i++)
        {
            foreach (var character in "AZ_".Where(c => c != Challenge[i]))
                Assert.Equal("Wrong", Check(Given.Now, text: Challenge.Remove(i, 1).Insert(i, character.ToString())));
        }
        Assert.All(["", Challenge[1..], Challenge + "A", Challenge + "="], static text =>
            Assert.Equal("Wrong", Check(Given.Now, text: text))
        );
    }

    private static string Write(RefreshTokenKey key) => DeviceChallenge.Write(ChallengePurpose.Refresh, Session, Given.Now, Random, key);

    private static string Check(
        DateTimeOffset now,
        ChallengePurpose purpose = ChallengePurpose.Refresh,
        SessionId? session = null,
        string? text = null
    ) => DeviceChallenge.Check(text ?? Challenge, purpose, session ?? Session, Given.Ring, now).ToString();
}
