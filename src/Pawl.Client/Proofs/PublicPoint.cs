using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.Client.Proofs;

/// <summary>A public key in the form of <see cref="IProofKey.PublicKey"/>.</summary>
internal static class PublicPoint
{
    public const byte Uncompressed = 4;
    public const int KeySize = 256;

    private const int CoordinateSize = KeySize / 8;

    public static bool IsValid(ReadOnlySpan<byte> key)
    {
        using var imported = TryImport(key);
        return imported is not null;
    }

    /// <summary>The members of its JSON Web Key, in the order and without the white space that RFC 7638 demands.</summary>
    public static string ToJwk(ReadOnlySpan<byte> key)
    {
        var (x, y) = (Base64Url.EncodeToString(key.Slice(1, CoordinateSize)), Base64Url.EncodeToString(key[(1 + CoordinateSize)..]));
        return $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
    }

    /// <summary>The RFC 7638 thumbprint, which the access token of a bound session names.</summary>
    public static string ToThumbprint(ReadOnlySpan<byte> key) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(ToJwk(key))));

    /// <summary>A key that verifies; null if the bytes are no point of the curve.</summary>
    public static ECDsa? TryImport(ReadOnlySpan<byte> key)
    {
        if (key.Length != 1 + 2 * CoordinateSize || key[0] != Uncompressed)
            return null;
        try
        {
            return ECDsa.Create(
                new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new() { X = key.Slice(1, CoordinateSize).ToArray(), Y = key[(1 + CoordinateSize)..].ToArray() },
                }
            );
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
