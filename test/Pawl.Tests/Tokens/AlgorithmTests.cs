using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Tests.Tokens;

/// <summary>The algorithm is the key's, never the header's (RFC 8725, section 3.1).</summary>
public sealed class AlgorithmTests
{
    private static readonly string Payload = Jws.Payload();

    [Requirement("JWS-01", "ATTACK-02")]
    [Theory]
    [InlineData("\"none\"")]
    [InlineData("\"None\"")]
    [InlineData("\"NONE\"")]
    [InlineData("\"nOnE\"")]
    [InlineData("\"es256\"")]
    [InlineData("\"ES256\\u0000\"")]
    [InlineData("\" ES256\"")]
    [InlineData("\"ES384\"")]
    [InlineData("\"ES256K\"")]
    [InlineData("\"RS256\"")]
    [InlineData("\"PS256\"")]
    [InlineData("\"HS256\"")]
    [InlineData("\"EdDSA\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("256")]
    [InlineData("[\"ES256\"]")]
    [InlineData("{\"ES256\":1}")]
    public void Another_alg_than_the_keys_is_refused_however_well_it_is_signed(string alg) =>
        Jws.AssertRefused(
            AccessTokenError.HeaderRefused,
            Jws.Sign($$"""{"alg":{{alg}},"kid":"{{Given.Key.KeyId}}","typ":"at+jwt"}""", Payload)
        );

    [Requirement("JWS-01")]
    [Fact]
    public void A_header_without_alg_is_refused() =>
        Jws.AssertRefused(AccessTokenError.HeaderRefused, Jws.Sign($$"""{"kid":"{{Given.Key.KeyId}}","typ":"at+jwt"}""", Payload));

    [Requirement("JWS-01", "ATTACK-02")]
    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    public void An_unsigned_token_is_refused_in_two_segments_and_in_three(string none)
    {
        foreach (var kid in new[] { $",\"kid\":\"{Given.Key.KeyId}\"", "" })
        {
            var unsigned = Jws.Encode($$"""{"alg":"{{none}}","typ":"at+jwt"{{kid}}}""") + "." + Jws.Encode(Payload);
            Jws.AssertRefused(AccessTokenError.Malformed, unsigned);
            Jws.AssertRefused(AccessTokenError.Malformed, unsigned + ".");
            Assert.False(Jws.Validate(unsigned + ".AA").IsAccepted);
        }
    }

    [Requirement("JWS-02", "ATTACK-01")]
    [Fact]
    public void A_key_of_one_algorithm_is_not_used_with_another_of_its_family()
    {
        var key = Given.RsaKey;
        var ring = new KeyRing(key, [], []);
        Jws.AssertAccepted(Jws.Sign(Jws.Header(key), Payload, key), ring);
        foreach (var alg in new[] { "PS256", "RS384", "RS512", "ES256" })
            Jws.AssertRefused(
                AccessTokenError.HeaderRefused,
                Jws.Sign(Jws.Header(key).Replace("RS256", alg, StringComparison.Ordinal), Payload, key),
                ring
            );
    }

    [Requirement("JWS-02")]
    [Fact]
    public void A_good_PS256_signature_of_an_RS256_key_is_refused_under_either_name()
    {
        using var rsa = RSA.Create(2048);
        var key = SigningKey.ImportPrivateKey(SigningAlgorithm.RS256, rsa.ExportPkcs8PrivateKey());
        var ring = new KeyRing(key, [], []);
        foreach (var (alg, error) in new[] { ("PS256", AccessTokenError.HeaderRefused), ("RS256", AccessTokenError.SignatureRefused) })
        {
            var signed = Jws.Encode(Jws.Header(key).Replace("RS256", alg, StringComparison.Ordinal)) + "." + Jws.Encode(Payload);
            var signature = rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
            Jws.AssertRefused(error, $"{signed}.{Base64Url.EncodeToString(signature)}", ring);
        }
    }

    [Requirement("JWS-03", "ATTACK-01")]
    [Fact]
    public void No_encoding_of_a_public_key_is_a_secret_for_HMAC()
    {
        foreach (var key in new[] { Given.Key, Given.RsaKey })
        {
            var ring = new KeyRing(key, [], []);
            foreach (var secret in EncodingsOf(key))
            {
                foreach (var alg in new[] { "HS256", key.Algorithm.Name })
                {
                    var signed = Jws.Encode($$"""{"alg":"{{alg}}","kid":"{{key.KeyId}}","typ":"at+jwt"}""") + "." + Jws.Encode(Payload);
                    var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed));
                    Jws.AssertRefused(
                        alg == "HS256" ? AccessTokenError.HeaderRefused : AccessTokenError.SignatureRefused,
                        $"{signed}.{Base64Url.EncodeToString(mac)}",
                        ring
                    );
                }
            }
        }
    }

    // All that has served as a secret in a real attack: CVE-2015-9235, CVE-2022-29217, CVE-2026-34950 (a space before the PEM),
    // CVE-2026-44699 (nothing).
    private static IEnumerable<byte[]> EncodingsOf(SigningKey key)
    {
        var der = Keys.PublicKeys.SubjectPublicKeyInfo(new Dictionary<string, string>(key.PublicMembers));
        var pem = PemEncoding.WriteString("PUBLIC KEY", der);
        var jwk = "{" + string.Join(',', key.PublicMembers.Select(static m => $"\"{m.Key}\":\"{m.Value}\"")) + "}";
        string[] texts =
        [
            pem,
            pem + "\n",
            " " + pem,
            pem.Replace("\n", "\r\n", StringComparison.Ordinal),
            pem.Replace("\n", "", StringComparison.Ordinal),
            Convert.ToBase64String(der),
            Base64Url.EncodeToString(der),
            jwk,
            jwk + "\n",
            Encoding.UTF8.GetString(JsonWebKeySet.Write(new KeyRing(key, [], []))),
            key.KeyId,
        ];
        var numbers = key
            .PublicMembers.Where(static m => m.Key is "x" or "y" or "n")
            .Select(static m => Base64Url.DecodeFromChars(m.Value));
        return
        [
            [],
            new byte[32],
            der,
            .. numbers,
            .. texts.Select(Encoding.UTF8.GetBytes),
        ];
    }
}
