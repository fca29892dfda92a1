using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Pawl;

/// <summary>
/// Writes and reads refresh tokens: <c>pawl_r1_</c> (which secret scanners find) and 104 characters of base64url, which are 78 bytes,
/// numbers in network order: <c>version(1) · key id(1) · session id(16) · generation(4) · id(8) · parent id(8) · issued at, Unix ms(8) ·
/// HMAC-SHA256 over all before(32)</c>.
/// </summary>
/// <remarks>The session store contains nothing that can be turned into a token, because that needs the key.</remarks>
internal static class RefreshTokenCodec
{
    /// <summary>What every token starts with.</summary>
    public const string Prefix = "pawl_r1_";

    /// <summary>The length of every token, in characters.</summary>
    public const int TokenLength = 8 + 104;

    private const byte Version = 1;
    private const int BodySize = 46;
    private const int Size = BodySize + HMACSHA256.HashSizeInBytes;
    private const int SessionOffset = 2;

    // The number of characters that hold the bytes up to the end of the session id.
    private const int CharactersToSession = (SessionOffset + SessionId.Size) * 4 / 3;

    /// <summary>Writes a token under a key.</summary>
    public static string Write(in RefreshToken token, RefreshTokenKey key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        bytes[1] = key.Id;
        token.SessionId.WriteTo(bytes[SessionOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[18..], token.Generation);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[22..], token.Id);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[30..], token.ParentId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[38..], token.IssuedAt.ToUnixTimeMilliseconds());
        HMACSHA256.HashData(key.Secret, bytes[..BodySize], bytes[BodySize..]);

        Span<char> text = stackalloc char[TokenLength];
        Prefix.CopyTo(text);
        Base64Url.EncodeToChars(bytes, text[Prefix.Length..]);
        return new string(text);
    }

    /// <summary>
    /// Whether a text names the session in the place where a token has it. The MAC is not verified, so an attacker can write such a text.
    /// Use this only to skip the verification when a valid token of that session would make no difference.
    /// </summary>
    public static bool NamesSession(ReadOnlySpan<char> text, SessionId session)
    {
        Span<byte> bytes = stackalloc byte[SessionOffset + SessionId.Size];
        return text.Length == TokenLength
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && StrictBase64Url.TryDecode(text.Slice(Prefix.Length, CharactersToSession), bytes, out _)
            && new SessionId(bytes[SessionOffset..]) == session;
    }

    /// <summary>
    /// Whether a text has the form of a token of any keys. The MAC is not verified, so it says nothing of the sender. Use it only to
    /// explain a refusal in the log.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[Size];
        return TryDecode(text, bytes);
    }

    /// <summary>Reads a token. Returns false, and throws nothing, if none of the keys made the text.</summary>
    public static bool TryRead([NotNullWhen(true)] ReadOnlySpan<char> text, KeyRing keys, out RefreshToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!TryDecode(text, bytes) || keys.FindRefreshTokenKey(bytes[1]) is not { } key)
            return false;

        // The MAC is checked first: no other part of the token is used before, and a forged token costs no look-up in the store.
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Secret, bytes[..BodySize], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[BodySize..]))
            return false;

        token = new RefreshToken(
            new SessionId(bytes.Slice(SessionOffset, SessionId.Size)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[18..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[22..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[30..]),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes[38..]))
        );
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes) =>
        text.Length == TokenLength
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && StrictBase64Url.TryDecode(text[Prefix.Length..], bytes, out _)
        && bytes[0] == Version;
}
