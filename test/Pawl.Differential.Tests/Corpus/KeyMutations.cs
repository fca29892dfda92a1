using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Differential.Tests.Corpus;

/// <summary>
/// What somebody without our keys can sign: with his own, with our public ones taken for secrets, with the right key under another's name,
/// or not at all.
/// </summary>
internal static class KeyMutations
{
    private static readonly (string, Func<byte[], byte[], byte[]>)[] Macs =
    [
        ("HS256", HMACSHA256.HashData),
        ("HS384", HMACSHA384.HashData),
        ("HS512", HMACSHA512.HashData),
    ];

    public static IEnumerable<Case> Make(Issuer issuer, Random random)
    {
        for (var i = 0; i < 6; i++)
        {
            var payload = Issuer.Payload(("sub", "\"admin\""), ("jti", $"\"jti-{random.Next()}\""));
            foreach (var foreign in new[] { issuer.ForeignEc, issuer.ForeignRsa })
            {
                yield return new("foreign key", Origin.Forged, foreign.Token(payload));
                foreach (var ours in issuer.InForce)
                {
                    yield return new("foreign key under our kid", Origin.Forged, foreign.Token(ours.Header, payload));
                    yield return new("foreign key under our kid", Origin.Forged, (foreign with { KeyId = ours.KeyId }).Token(payload));
                }
            }
            foreach (var ours in issuer.InForce)
            {
                foreach (var other in issuer.InForce.Where(other => other != ours))
                {
                    yield return new("one of our keys under another's kid", Origin.Forged, ours.Token(other.Header, payload));
                    yield return new(
                        "one of our keys under another's kid",
                        Origin.Forged,
                        (ours with { KeyId = other.KeyId }).Token(payload)
                    );
                }
            }
            foreach (var header in Embedded(issuer))
                yield return new("key in the header", Origin.Forged, issuer.ForeignEc.Token(header, payload));
            foreach (var ours in issuer.InForce)
            {
                foreach (var secret in Secrets(issuer))
                {
                    foreach (var (name, sign) in Macs)
                    {
                        var forger = new Signer(name, ours.KeyId, data => sign(secret, data));
                        yield return new("public key as a secret", Origin.Forged, forger.Token(payload));
                        if (name == "HS256")
                            yield return new("public key as a secret", Origin.Forged, forger.Token(ours.Header, payload));
                    }
                }
                foreach (var none in new[] { "none", "None", "NONE", "nOnE", "" })
                {
                    var unsigned = new Signer(none, ours.KeyId, static _ => []);
                    var token = unsigned.Token(payload);
                    yield return new("no signature", Origin.Forged, token);
                    yield return new("no signature", Origin.Forged, token[..^1]);
                    yield return new("no signature", Origin.Forged, unsigned.Token(ours.Header, payload));
                    yield return new("no signature", Origin.Forged, token + "AA");
                    yield return new("no signature", Origin.Forged, ours.Token(unsigned.Header, payload));
                }
            }
            var encrypted = Base64Url.EncodeToString(
                Encoding.UTF8.GetBytes($$"""{"alg":"dir","enc":"A128GCM","kid":"{{issuer.Ec.KeyId}}"}""")
            );
            foreach (var parts in new[] { "..AAAA.AAAA.AAAA", ".AAAA.AAAA.AAAA.AAAA" })
                yield return new("encrypted form", Origin.Forged, encrypted + parts);
        }
    }

    private static IEnumerable<string> Embedded(Issuer issuer)
    {
        var jwk = "{" + string.Join(',', issuer.ForeignEcKey.PublicMembers.Select(static m => $"\"{m.Key}\":\"{m.Value}\"")) + "}";
        foreach (var kid in new[] { issuer.Ec.KeyId, issuer.ForeignEc.KeyId })
        {
            yield return $$"""{"alg":"ES256","kid":"{{kid}}","typ":"at+jwt","jwk":{{jwk}}}""";
            yield return $$"""{"alg":"ES256","kid":"{{kid}}","typ":"at+jwt","jku":"https://attacker.example/jwks"}""";
            yield return $$"""{"alg":"ES256","kid":"{{kid}}","typ":"at+jwt","x5u":"https://attacker.example/x"}""";
        }
        yield return $$"""{"alg":"ES256","typ":"at+jwt","jwk":{{jwk}}}""";
    }

    // Everything a verifier may be holding of a public key, and what is left of it where one is missing.
    private static IEnumerable<byte[]> Secrets(Issuer issuer)
    {
        foreach (var key in new[] { issuer.EcPublicKey, issuer.RsaPublicKey })
        {
            var pem = PemEncoding.WriteString("PUBLIC KEY", key);
            yield return key;
            string[] texts =
            [
                pem,
                pem + "\n",
                " " + pem,
                pem.Replace("\n", "\r\n", StringComparison.Ordinal),
                pem.Replace("\n", "", StringComparison.Ordinal),
                Convert.ToBase64String(key),
            ];
            foreach (var text in texts)
                yield return Encoding.UTF8.GetBytes(text);
        }
        foreach (var key in issuer.Ring.Verifying)
        {
            yield return Encoding.UTF8.GetBytes(
                "{" + string.Join(',', key.PublicMembers.Select(static m => $"\"{m.Key}\":\"{m.Value}\"")) + "}"
            );
            yield return Encoding.UTF8.GetBytes(key.KeyId);
        }
        yield return JsonWebKeySet.Write(issuer.Ring);
        yield return [];
        yield return new byte[32];
        yield return "secret"u8.ToArray();
    }
}
