using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Pawl;

/// <summary>
/// Writes and reads connection tickets: <c>pawl_t1_</c> and 88 characters of base64url, which are 66 bytes, numbers in network order:
/// <c>version(1) · key id(1) · session id(16) · id(8) · issued at, Unix ms(8) · HMAC-SHA256 over all before(32)</c>.
/// </summary>
/// <remarks>
/// A ticket is not a JWT, so a service that verifies access tokens by the public keys never accepts one. Its MAC key is derived from a
/// refresh-token key, so neither kind of token can be mistaken for the other.
/// </remarks>
internal static class ConnectionTicketCodec
{
    /// <summary>What every ticket starts with.</summary>
    public const string Prefix = "pawl_t1_";

    /// <summary>The length of every ticket, in characters.</summary>
    public const int TicketLength = 8 + 88;

    private const byte Version = 1;
    private const int BodySize = 34;
    private const int Size = BodySize + HMACSHA256.HashSizeInBytes;

    /// <summary>Writes a ticket under a key.</summary>
    public static string Write(in ConnectionTicket ticket, RefreshTokenKey key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        bytes[1] = key.Id;
        ticket.SessionId.WriteTo(bytes[2..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[18..], ticket.Id);
        BinaryPrimitives.WriteInt64BigEndian(bytes[26..], ticket.IssuedAt.ToUnixTimeMilliseconds());
        HMACSHA256.HashData(key.TicketSecret, bytes[..BodySize], bytes[BodySize..]);

        Span<char> text = stackalloc char[TicketLength];
        Prefix.CopyTo(text);
        Base64Url.EncodeToChars(bytes, text[Prefix.Length..]);
        return new string(text);
    }

    /// <summary>Whether a text has the form of a ticket. It is not verified.</summary>
    public static bool IsTicket(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads a ticket. Returns false, and throws nothing, if none of the keys made the text.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, KeyRing keys, out ConnectionTicket ticket)
    {
        ticket = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (
            text.Length != TicketLength
            || !IsTicket(text)
            || !StrictBase64Url.TryDecode(text[Prefix.Length..], bytes, out _)
            || bytes[0] != Version
            || keys.FindRefreshTokenKey(bytes[1]) is not { } key
        )
            return false;

        // The MAC is checked first: no other part of the ticket is used before.
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.TicketSecret, bytes[..BodySize], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[BodySize..]))
            return false;

        ticket = new ConnectionTicket(
            new SessionId(bytes.Slice(2, SessionId.Size)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[18..]),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes[26..]))
        );
        return true;
    }
}
