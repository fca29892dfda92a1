using System.Text;
using System.Text.Json;

namespace Pawl.Tests.Keys;

public sealed class JsonWebKeySetTests
{
    [Requirement("KEY-05", "KEY-06")]
    [Fact]
    public void A_key_set_shows_the_public_members_and_no_other()
    {
        using var set = JsonDocument.Parse(JsonWebKeySet.Write(new KeyRing(Given.Key, [Given.RsaKey], [Given.RefreshKey])));
        Assert.Equal(["keys"], set.RootElement.EnumerateObject().Select(static m => m.Name));
        var keys = set.RootElement.GetProperty("keys").EnumerateArray().ToDictionary(static k => k.GetProperty("kid").GetString()!);
        Assert.Equal([.. new[] { Given.Key.KeyId, Given.RsaKey.KeyId }.Order(StringComparer.Ordinal)], keys.Keys);
        // Exactly these, so none of d, p, q, dp, dq, qi, oth and k, nor anything new.
        Assert.Equal(["alg", "kid", "use", "crv", "kty", "x", "y"], keys[Given.Key.KeyId].EnumerateObject().Select(static m => m.Name));
        Assert.Equal(["alg", "kid", "use", "e", "kty", "n"], keys[Given.RsaKey.KeyId].EnumerateObject().Select(static m => m.Name));
        Assert.All(keys.Values, static k => Assert.Equal("sig", k.GetProperty("use").GetString()));
        Assert.Equal("ES256", keys[Given.Key.KeyId].GetProperty("alg").GetString());
        Assert.Equal("RS256", keys[Given.RsaKey.KeyId].GetProperty("alg").GetString());
    }

    [Requirement("KEY-06")]
    [Fact]
    public void A_reader_of_the_set_can_verify_and_cannot_sign()
    {
        using var set = JsonDocument.Parse(JsonWebKeySet.Write(new KeyRing(Given.Key, [Given.RsaKey], [])));
        foreach (var jwk in set.RootElement.GetProperty("keys").EnumerateArray())
        {
            var members = jwk.EnumerateObject().Select(static m => KeyValuePair.Create(m.Name, m.Value.GetString()!));
            var key = PublicKeys.Import(SigningAlgorithm.Find(jwk.GetProperty("alg").GetString()!)!, members);
            Assert.False(key.CanSign);
            Assert.Equal(jwk.GetProperty("kid").GetString(), key.KeyId);
            Tokens.Jws.AssertAccepted(
                Given.AccessToken(key.Algorithm == SigningAlgorithm.ES256 ? Given.Key : Given.RsaKey),
                new KeyRing(null, [key], [])
            );
        }
    }

    [Fact]
    public void The_set_is_the_same_bytes_in_whatever_order_the_keys_come()
    {
        // It is served with an ETag: two nodes must not disagree.
        Assert.Equal(
            JsonWebKeySet.Write(new KeyRing(Given.Key, [Given.RsaKey, Given.ForeignKey], [])),
            JsonWebKeySet.Write(new KeyRing(Given.ForeignKey, [Given.Key, Given.RsaKey], []))
        );
        Assert.Equal("""{"keys":[]}""", Encoding.UTF8.GetString(JsonWebKeySet.Write(new KeyRing(null, [], [Given.RefreshKey]))));
    }
}
