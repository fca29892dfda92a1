using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Pawl;

/// <summary>What a browser signs a challenge for. The numbers are part of the MAC and never change.</summary>
internal enum ChallengePurpose : byte
{
    /// <summary>The registration of a key.</summary>
    Register = 1,

    /// <summary>A refresh.</summary>
    Refresh = 2,
}

/// <summary>Whether a challenge may be used.</summary>
internal enum ChallengeState
{
    /// <summary>No key of ours made it for this purpose and session.</summary>
    Wrong = 0,

    /// <summary>It was made too long ago.</summary>
    Old,

    /// <summary>It may be used, any number of times.</summary>
    Fresh,
}

/// <summary>
/// The challenges of device-bound sessions: base64url of <c>key id(1) · seconds(4) · random(12) · HMAC-SHA256 over purpose, session and all
/// of these, cut to 16 bytes</c>. No node stores them, and all nodes accept those of every other. A browser may sign one several times: it
/// repeats a refresh whose answer was lost, and the lineage rule decides about repeated refreshes.
/// </summary>
internal static class DeviceChallenge
{
    public const int RandomSize = 12;

    /// <summary>
    /// How long a challenge is accepted. Longer than a token is fresh, because a browser signs the challenge of its last refresh.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // The clocks of nodes differ.
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(2);

    private const int BodySize = 1 + 4 + RandomSize;
    private const int MacSize = 16;
    private const int Size = BodySize + MacSize;
    private const int Length = Size * 4 / 3;

    public static string Write(
        ChallengePurpose purpose,
        SessionId session,
        DateTimeOffset now,
        ReadOnlySpan<byte> random,
        RefreshTokenKey key
    )
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomSize);
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = key.Id;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)now.ToUnixTimeSeconds());
        random.CopyTo(bytes[5..]);
        WriteMac(purpose, session, bytes[..BodySize], key, bytes[BodySize..]);
        return Base64Url.EncodeToString(bytes);
    }

    public static ChallengeState Check(
        ReadOnlySpan<char> text,
        ChallengePurpose purpose,
        SessionId session,
        KeyRing keys,
        DateTimeOffset now
    )
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Length || !StrictBase64Url.TryDecode(text, bytes, out _) || keys.FindRefreshTokenKey(bytes[0]) is not { } key)
            return ChallengeState.Wrong;
        Span<byte> mac = stackalloc byte[MacSize];
        WriteMac(purpose, session, bytes[..BodySize], key, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[BodySize..]))
            return ChallengeState.Wrong;
        var age = now - DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]));
        return age <= Lifetime && age >= -MaxAhead ? ChallengeState.Fresh : ChallengeState.Old;
    }

    private static void WriteMac(
        ChallengePurpose purpose,
        SessionId session,
        ReadOnlySpan<byte> body,
        RefreshTokenKey key,
        Span<byte> destination
    )
    {
        Span<byte> data = stackalloc byte[1 + SessionId.Size + BodySize];
        data[0] = (byte)purpose;
        session.ToByteArray().CopyTo(data[1..]);
        body.CopyTo(data[(1 + SessionId.Size)..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.ChallengeSecret, data, mac);
        mac[..MacSize].CopyTo(destination);
    }
}
