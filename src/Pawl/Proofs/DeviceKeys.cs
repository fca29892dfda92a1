using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pawl;

/// <summary>
/// The keys that sessions are bound to: points of P-256 in 65 bytes. The first byte of another kind of key will be another one, so a
/// program that does not know it refuses it.
/// </summary>
internal static class DeviceKeys
{
    public const int CoordinateSize = 32;
    public const int Size = 1 + 2 * CoordinateSize;

    /// <summary>The first byte of a point whose two coordinates follow (SEC 1, section 2.3.3).</summary>
    public const byte Uncompressed = 4;

    private static readonly ImportedKeys s_imported = new(capacity: 4096);

    /// <summary>
    /// The key as the platform verifies with it; null if it is not a point of the curve. Other threads have the same object, so no caller
    /// disposes of it.
    /// </summary>
    public static ECDsa? TryImport(ReadOnlySpan<byte> key) => IsPoint(key) ? s_imported.Find(key, Import) : null;

    /// <summary>The RFC 7638 SHA-256 thumbprint of a key.</summary>
    /// <exception cref="StoreUnavailableException">The key is of a kind that this program does not know.</exception>
    public static string Thumbprint(ReadOnlySpan<byte> key)
    {
        if (!IsPoint(key))
            throw new StoreUnavailableException("A session has a device key of an unknown kind; has a newer program bound it?");
        var (x, y) = (Base64Url.EncodeToString(key.Slice(1, CoordinateSize)), Base64Url.EncodeToString(key[(1 + CoordinateSize)..]));
        // The required members in lexicographic order, without white space. None of the values needs escaping.
        var json = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(json)));
    }

    private static ECDsa? Import(byte[] key)
    {
        try
        {
            return ECDsa.Create(
                new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    Q = new() { X = key[1..(1 + CoordinateSize)], Y = key[(1 + CoordinateSize)..] },
                }
            );
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool IsPoint(ReadOnlySpan<byte> key) => key.Length == Size && key[0] == Uncompressed;
}
