using System.Security.Cryptography;

namespace Pawl;

/// <summary>A JWS algorithm (RFC 7518, section 3.1). A key has exactly one (RFC 8725, section 3.1).</summary>
public sealed class SigningAlgorithm
{
    private SigningAlgorithm(string name, HashAlgorithmName hash, int signatureSize)
    {
        Name = name;
        Hash = hash;
        SignatureSize = signatureSize;
    }

    /// <summary>ECDSA over P-256 with SHA-256. Signatures are small, and signing is fast. The default.</summary>
    public static SigningAlgorithm ES256 { get; } = new("ES256", HashAlgorithmName.SHA256, 64);

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256, for verifiers that do not support ES256.</summary>
    public static SigningAlgorithm RS256 { get; } = new("RS256", HashAlgorithmName.SHA256, 0);

    /// <summary>The value of <c>alg</c>.</summary>
    public string Name { get; }

    internal HashAlgorithmName Hash { get; }

    /// <summary>The size of a signature in bytes, or 0 if it depends on the key.</summary>
    internal int SignatureSize { get; }

    /// <summary>The algorithm with exactly this name, or null.</summary>
    public static SigningAlgorithm? Find(string name) =>
        name switch
        {
            "ES256" => ES256,
            "RS256" => RS256,
            _ => null,
        };

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
