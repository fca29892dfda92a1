using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Fuzz;

/// <summary>
/// Keys, rules and a moment that never change, so that an input that was found yesterday means the same today. The keys guard nothing.
/// </summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    public static readonly AccessTokenRules Rules = new() { Issuer = "https://id.example", Audience = "https://api.example" };

    private static readonly ECDsa Ecdsa = ECDsa.Create(
        new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData("a key for fuzzing"u8) }
    );

    public static readonly SigningKey Key = SigningKey.ImportPrivateKey(SigningAlgorithm.ES256, Ecdsa.ExportPkcs8PrivateKey());

    public static readonly RefreshTokenKey RefreshKey = new(7, SHA256.HashData("another key for fuzzing"u8));

    public static readonly KeyRing Ring = new(Key, [], [RefreshKey]);

    /// <summary>A token of whatever header and claims, with a signature that is good.</summary>
    public static string Sign(ReadOnlySpan<byte> header, ReadOnlySpan<byte> claims)
    {
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Ecdsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }
}
