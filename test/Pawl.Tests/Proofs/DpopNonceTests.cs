namespace Pawl.Tests.Proofs;

/// <summary>A nonce is good for some minutes, on every node of the app, and nowhere else.</summary>
public sealed class DpopNonceTests
{
    private static readonly string Nonce = DpopNonce.Write(Given.Now, Given.RefreshKey);

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(100_000, false)]
    public void It_is_good_in_its_minute_and_the_next_four(int minutes, bool isFresh) =>
        Assert.Equal(isFresh, DpopNonce.IsFresh(Nonce, Given.Ring, Given.Now.AddMinutes(minutes)));

    [Fact]
    public void One_of_another_key_is_refused()
    {
        var secret = new byte[RefreshTokenKey.SecretSize];
        Assert.False(DpopNonce.IsFresh(DpopNonce.Write(Given.Now, new(Given.RefreshKey.Id, secret)), Given.Ring, Given.Now));
        Assert.False(DpopNonce.IsFresh(DpopNonce.Write(Given.Now, new(99, secret)), Given.Ring, Given.Now));
    }

    [Fact]
    public void A_change_of_any_character_makes_it_bad()
    {
        for (var i = 0; i < Nonce.Length; i++)
        {
            foreach (var character in "AZ_".Where(c => c != Nonce[i]))
            {
                var changed = Nonce.Remove(i, 1).Insert(i, character.ToString());
                Assert.False(DpopNonce.IsFresh(changed, Given.Ring, Given.Now), changed);
            }
        }
        Assert.All(["", Nonce[1..], Nonce + "A", Nonce + "="], static text => Assert.False(DpopNonce.IsFresh(text, Given.Ring, Given.Now)));
    }
}
