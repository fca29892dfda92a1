using System.Security.Cryptography;
using System.Text;

namespace Pawl.Tests.Keys;

public sealed class SigningKeyTests
{
    // RFC 7638, section 3.1.
    private const string Rfc7638Modulus =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        + "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5ha"
        + "jrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    private static readonly KeyValuePair<string, string>[] Rfc7638Key = [new("e", "AQAB"), new("kty", "RSA"), new("n", Rfc7638Modulus)];

    [Requirement("KEY-03")]
    [Fact]
    public void The_kid_is_the_thumbprint_of_RFC_7638()
    {
        var key = PublicKeys.Import(SigningAlgorithm.RS256, Rfc7638Key);
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", key.KeyId);
        Assert.Equal(Rfc7638Key, key.PublicMembers);
    }

    [Requirement("KEY-03")]
    [Fact]
    public void The_kid_of_an_elliptic_key_is_that_of_its_required_members()
    {
        var members = Given.Key.PublicMembers.ToDictionary(static m => m.Key, static m => m.Value);
        var json = $$"""{"crv":"P-256","kty":"EC","x":"{{members["x"]}}","y":"{{members["y"]}}"}""";
        Assert.Equal(System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json))), Given.Key.KeyId);
        Assert.Equal(Given.Key.KeyId, PublicKeys.Import(SigningAlgorithm.ES256, Given.Key.PublicMembers).KeyId);
    }

    [Fact]
    public void A_public_key_verifies_and_does_not_sign()
    {
        var key = PublicKeys.Import(SigningAlgorithm.ES256, Given.Key.PublicMembers);
        Assert.False(key.CanSign);
        Assert.True(Given.Key.CanSign);
        Assert.Throws<ArgumentException>("signing", () => new KeyRing(key, [], []));
        var signature = new byte[64];
        Given.Key.Sign("data"u8, signature);
        Assert.True(key.Verify("data"u8, signature));
        Assert.False(key.Verify("date"u8, signature));
    }

    [Requirement("KEY-02")]
    [Fact]
    public void Another_curve_is_refused()
    {
        foreach (var curve in new[] { ECCurve.NamedCurves.nistP384, ECCurve.NamedCurves.nistP521, ECCurve.NamedCurves.brainpoolP256r1 })
        {
            using var ecdsa = ECDsa.Create(curve);
            Assert.ThrowsAny<CryptographicException>(() =>
                SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, ecdsa.ExportPkcs8PrivateKey())
            );
            Assert.ThrowsAny<CryptographicException>(() =>
                SigningKey.ImportPublicKey(SigningAlgorithm.ES256, ecdsa.ExportSubjectPublicKeyInfo())
            );
        }
    }

    [Requirement("KEY-02")]
    [Fact]
    public void A_point_that_is_not_on_the_curve_is_refused()
    {
        var spki = PublicKeys.SubjectPublicKeyInfo(new Dictionary<string, string>(Given.Key.PublicMembers));
        spki[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPublicKey(SigningAlgorithm.ES256, spki));
    }

    [Requirement("KEY-02")]
    [Fact]
    public void A_weak_RSA_key_is_refused()
    {
        using var small = RSA.Create(1024);
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPrivateKey(SigningAlgorithm.RS256, small.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() =>
            SigningKey.ImportPublicKey(SigningAlgorithm.RS256, small.ExportSubjectPublicKeyInfo())
        );
        // e = 1: every padded message is its own signature. 3: cheap to forge where padding is checked carelessly. 65536 and 65538: even,
        // no exponents at all.
        foreach (var exponent in new[] { "AQ", "Aw", "AQAA", "AQAC", "_-8" })
            Assert.ThrowsAny<CryptographicException>(() =>
                PublicKeys.Import(SigningAlgorithm.RS256, [new("e", exponent), new("kty", "RSA"), new("n", Rfc7638Modulus)])
            );
        // The second is a number whose first bit is no sign, and which would be even if read backwards.
        foreach (var exponent in new[] { "AQAD", "gAAAAw" })
            PublicKeys.Import(SigningAlgorithm.RS256, [new("e", exponent), new("kty", "RSA"), new("n", Rfc7638Modulus)]);
    }

    [Requirement("KEY-02")]
    [Fact]
    public void An_RSA_key_whose_primes_can_be_found_is_refused()
    {
        // CVE-2017-15361: modulo every small prime the modulus is a power of 65537, as the powers themselves are. 130 of them are more than
        // 2,048 bits.
        var modulus = System.Numerics.BigInteger.Pow(65537, 130);
        Assert.ThrowsAny<CryptographicException>(() => ImportModulus(modulus));
        // The same remainders, and a first bit that could be taken for a sign.
        var primorial = Enumerable
            .Range(2, 166)
            .Where(static n => Enumerable.Range(2, n - 2).All(d => n % d != 0))
            .Aggregate(System.Numerics.BigInteger.One, static (product, n) => product * n);
        var firstBit = System.Numerics.BigInteger.Pow(2, 2087);
        Assert.ThrowsAny<CryptographicException>(() => ImportModulus(((firstBit / primorial + 1) * primorial) + (modulus % primorial)));
        // One more than that is one of the many that are not.
        ImportModulus(modulus + 2);
        for (var i = 0; i < 20; i++)
        {
            using var rsa = RSA.Create(2048);
            SigningKey.ImportPublicKey(SigningAlgorithm.RS256, rsa.ExportSubjectPublicKeyInfo());
        }

        static void ImportModulus(System.Numerics.BigInteger n) =>
            PublicKeys.Import(
                SigningAlgorithm.RS256,
                [
                    new("e", "AQAB"),
                    new("kty", "RSA"),
                    new("n", System.Buffers.Text.Base64Url.EncodeToString(n.ToByteArray(isUnsigned: true, isBigEndian: true))),
                ]
            );
    }

    [Requirement("JWS-04", "KEY-02", "ATTACK-03")]
    [Fact]
    public void A_key_of_another_kind_and_no_key_at_all_are_refused()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, rsa.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPrivateKey(SigningAlgorithm.RS256, ecdsa.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() =>
            SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, ecdsa.ExportSubjectPublicKeyInfo())
        );
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPublicKey(SigningAlgorithm.ES256, ecdsa.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, []));
    }

    [Requirement("JWS-01")]
    [Fact]
    public void Algorithms_are_found_by_their_exact_name()
    {
        Assert.Same(SigningAlgorithm.ES256, SigningAlgorithm.Find("ES256"));
        Assert.Same(SigningAlgorithm.RS256, SigningAlgorithm.Find("RS256"));
        foreach (var name in new[] { "none", "es256", "ES384", "HS256", "PS256", "", "ES256 " })
            Assert.Null(SigningAlgorithm.Find(name));
    }

    [Fact]
    public void A_key_that_was_disposed_of_does_nothing_more()
    {
        foreach (var key in new[] { Given.NewEcdsaKey(), Given.NewRsaKey() })
        {
            var signature = new byte[key.SignatureSize];
            key.Dispose();
            Assert.Throws<ObjectDisposedException>(() => key.Sign("data"u8, signature));
        }
    }

    [Requirement("LOG-01")]
    [Fact]
    public void No_key_shows_its_secret()
    {
        Assert.Equal($"ES256 key {Given.Key.KeyId}", Given.Key.ToString());
        Assert.Equal("refresh-token key 7", Given.RefreshKey.ToString());
        var stored = new StoredKey(
            KeyPurpose.RefreshToken,
            "7",
            "HS256",
            Given.Now,
            Given.Now.AddDays(1),
            Given.Now,
            Given.RefreshKey.Secret.ToArray()
        );
        Assert.Equal("RefreshToken key 7, signs from 2026-11-23 18:00:00Z to 2026-11-24 18:00:00Z", stored.ToString());
        // A serializer, a logger that destructures and a debugger all go by the public properties.
        Assert.Equal(["Id"], typeof(RefreshTokenKey).GetProperties().Select(static p => p.Name));
        Assert.Equal(["KeyId", "Algorithm", "CanSign", "PublicMembers"], typeof(SigningKey).GetProperties().Select(static p => p.Name));
    }

    [Requirement("JWS-04", "KEY-01", "ATTACK-03")]
    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_refresh_token_key_is_32_bytes(int size) =>
        Assert.Throws<ArgumentException>("secret", () => new RefreshTokenKey(1, new byte[size]));

    [Fact]
    public void A_refresh_token_key_keeps_its_own_copy_of_the_secret()
    {
        var secret = new byte[32];
        var key = new RefreshTokenKey(1, secret);
        secret[0] = 1;
        Assert.Equal(0, key.Secret[0]);
    }
}
