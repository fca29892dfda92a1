using System.Buffers.Text;
using System.Security.Cryptography;

namespace Pawl.Tests.Keys;

/// <summary>From the public members of a JWK to the SubjectPublicKeyInfo that <see cref="SigningKey.ImportPublicKey"/> takes.</summary>
internal static class PublicKeys
{
    public static SigningKey Import(SigningAlgorithm algorithm, IEnumerable<KeyValuePair<string, string>> members) =>
        SigningKey.ImportPublicKey(algorithm, SubjectPublicKeyInfo(new Dictionary<string, string>(members)));

    /// <exception cref="CryptographicException">The members are no key.</exception>
    public static byte[] SubjectPublicKeyInfo(IReadOnlyDictionary<string, string> members)
    {
        if (members["kty"] == "RSA")
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(members["n"]), Exponent = Bytes(members["e"]) });
            return rsa.ExportSubjectPublicKeyInfo();
        }
        using var ecdsa = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.CreateFromFriendlyName(
                    members["crv"] switch
                    {
                        "P-256" => "nistP256",
                        "P-384" => "nistP384",
                        "P-521" => "nistP521",
                        _ => throw new CryptographicException("No such curve."),
                    }
                ),
                Q = new ECPoint { X = Bytes(members["x"]), Y = Bytes(members["y"]) },
            }
        );
        return ecdsa.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);
}
