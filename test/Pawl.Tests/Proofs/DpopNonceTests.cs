namespace Pawl.Tests.Proofs;

/// <summary>A nonce is good for some minutes, on every node of the app, and nowhere else.</summary>
public sealed class DpopNonceTests
{
    private static readonly string Nonce = DpopNonce.Write(Given.Now, Given.RefreshKey);

    private static bool IsFresh(string nonce, DateTimeOffset now) => DpopNonce.IsFresh(nonce, Given.Ring.FindRefreshTokenKey, now);

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(100_000, false)]
    public void It_is_good_in_its_minute_and_the_next_four(int minutes, bool isFresh) =>
        Assert.Equal(isFresh, IsFresh(Nonce, Given.Now.AddMinutes(minutes)));

    [Fact]
    public void One_of_another_key_is_refused()
    {
        var secret = new byte[RefreshTokenKey.SecretSize];
        Assert.False(IsFresh(DpopNonce.Write(Given.Now, new(Given.RefreshKey.Id, secret)), Given.Now));
        Assert.False(IsFresh(DpopNonce.Write(Given.Now, new(99, secret)), Given.Now));
    }

    [Fact]
    public void A_change_of_any_character_makes_it_bad()
    {
        for (var i = 0; i < Nonce.Length; i++)
        {
            foreach (var character in "AZ_".Where(c => c != Nonce[i]))
            {
                var changed = Nonce.Remove(i, 1).Insert(i, character.ToString());
                Assert.False(IsFresh(changed, Given.Now), changed);
            }
        }
        Assert.All(["", Nonce[1..], Nonce + "A", Nonce + "="], static text => Assert.False(IsFresh(text, Given.Now)));
    }
}
