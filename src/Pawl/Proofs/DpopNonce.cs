using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Pawl;

/// <summary>
/// The nonces of RFC 9449, section 8: base64url of <c>key id(1) · minute(4) · HMAC-SHA256 over both, cut to 16 bytes</c>. They prove that a
/// proof is young without any clock of the client. No node stores them, and all nodes accept those of every other.
/// </summary>
internal static class DpopNonce
{
    /// <summary>How long a nonce is accepted at least. It may be accepted for up to a minute longer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds((Minutes - 1) * SecondsOfMinute);

    /// <summary>The longest time for which a nonce is accepted, with the clock of a node that is a minute ahead.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromSeconds((Minutes + 1) * SecondsOfMinute);

    private const int Minutes = 5;
    private const int SecondsOfMinute = 60;
    private const int BodySize = 5;
    private const int MacSize = 16;
    private const int Length = (BodySize + MacSize) * 4 / 3;

    /// <summary>The nonce of this minute.</summary>
    public static string Write(DateTimeOffset now, RefreshTokenKey key)
    {
        Span<byte> bytes = stackalloc byte[BodySize + MacSize];
        bytes[0] = key.Id;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], Minute(now));
        WriteMac(bytes[..BodySize], key, bytes[BodySize..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>
    /// Whether one of the keys made a nonce in the last minutes. One of the next minute is accepted, too, because the clocks of nodes
    /// differ.
    /// </summary>
    public static bool IsFresh(ReadOnlySpan<char> nonce, Func<byte, RefreshTokenKey?> findKey, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[BodySize + MacSize];
        if (nonce.Length != Length || !StrictBase64Url.TryDecode(nonce, bytes, out _) || findKey(bytes[0]) is not { } key)
            return false;
        Span<byte> mac = stackalloc byte[MacSize];
        WriteMac(bytes[..BodySize], key, mac);
        var age = (long)Minute(now) - BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        return CryptographicOperations.FixedTimeEquals(mac, bytes[BodySize..]) && age is >= -1 and < Minutes;
    }

    private static uint Minute(DateTimeOffset time) => (uint)(time.ToUnixTimeSeconds() / SecondsOfMinute);

    private static void WriteMac(ReadOnlySpan<byte> body, RefreshTokenKey key, Span<byte> destination)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.NonceSecret, body, mac);
        mac[..MacSize].CopyTo(destination);
    }
}
