using System.Buffers.Binary;
using System.Text;
using static Pawl.Redis.SessionLayout;

namespace Pawl.Redis;

/// <summary>
/// A session as bytes, as <see cref="SessionLayout"/> says. A hash would be twice as large: Redis keeps one compact only while each value
/// is short.
/// </summary>
internal static class SessionBytes
{
    private const int Persistent = 4;
    private const int TransportMask = 3;
    private const int VersionSize = CreatedAt - EndedAt;
    private const int BoundAtSize = VersionSize;

    /// <param name="session">The session.</param>
    /// <param name="propertiesVersion">The version of its properties; 0 if it has none.</param>
    public static byte[] Write(Session session, long propertiesVersion = 0)
    {
        var (subject, device, stamp) = (Encode(session.Subject), Encode(session.Device), Encode(session.SecurityStamp));
        var bytes = new byte[Texts + subject.Length + device.Length + stamp.Length + session.Claims.Length];
        bytes[VersionAt] = SessionLayout.Version;
        bytes[Flags] = (byte)((int)session.Transport | (session.IsPersistent ? Persistent : 0) | (session.DeviceKey is null ? 0 : Bound));
        if (session.End is { } end)
            Ending(end).CopyTo(bytes, EndReason);
        else
            PropertiesVersion(propertiesVersion).CopyTo(bytes, EndedAt);
        WriteTime(bytes.AsSpan(CreatedAt), session.CreatedAt);
        WriteTime(bytes.AsSpan(ExpiresAt), session.ExpiresAt);
        Use(session.LastUsedAt, session.Head).CopyTo(bytes, LastUsedAt);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(SubjectLength), checked((ushort)subject.Length));
        Length(session.Device, device).CopyTo(bytes, DeviceLength);
        Length(session.SecurityStamp, stamp).CopyTo(bytes, StampLength);
        var rest = Texts;
        foreach (var part in (ReadOnlySpan<byte[]>)[subject, device, stamp])
        {
            part.CopyTo(bytes, rest);
            rest += part.Length;
        }
        session.Claims.Span.CopyTo(bytes.AsSpan(rest));
        return bytes;
    }

    /// <summary>Whether a session has a device key, which is not among these bytes.</summary>
    public static bool IsBound(byte[] session) => (session[Flags] & Bound) != 0 && session[EndReason] == NotEnded;

    /// <summary>The bytes of a device key: since when the session is bound, and the key.</summary>
    public static byte[] WriteKey(DeviceKey? key)
    {
        if (key is null)
            return [];
        var bytes = new byte[BoundAtSize + key.Content.Length];
        WriteTime(bytes, key.BoundAt);
        key.Content.Span.CopyTo(bytes.AsSpan(BoundAtSize));
        return bytes;
    }

    public static DeviceKey ReadKey(byte[] bytes) => new(bytes.AsMemory(BoundAtSize), ReadTime(bytes));

    /// <summary>The bytes for a session that the store had lost when it was ended.</summary>
    public static byte[] Ended(SessionId id, SessionEnd end) =>
        Write(
            new()
            {
                Id = id,
                Subject = "",
                Head = default,
                CreatedAt = end.At,
                LastUsedAt = end.At,
                ExpiresAt = end.At,
                End = end,
            }
        );

    /// <exception cref="StoreUnavailableException">A newer program has written the bytes, or they are damaged.</exception>
    public static Session Read(SessionId id, byte[] bytes)
    {
        if (bytes.Length < Texts || bytes[VersionAt] != SessionLayout.Version)
            throw new StoreUnavailableException(
                $"The stored session {id} has an unknown format; has a newer program written it, or another one with these keys?"
            );
        var rest = Texts;
        return new()
        {
            Id = id,
            Transport = (SessionTransport)(bytes[Flags] & TransportMask),
            IsPersistent = (bytes[Flags] & Persistent) != 0,
            End = bytes[EndReason] == NotEnded ? null : ReadEnding(bytes.AsSpan(EndReason)),
            PropertiesVersion = bytes[EndReason] == NotEnded ? ReadPropertiesVersion(bytes.AsSpan(EndedAt)) : 0,
            CreatedAt = ReadTime(bytes.AsSpan(CreatedAt)),
            ExpiresAt = ReadTime(bytes.AsSpan(ExpiresAt)),
            LastUsedAt = ReadTime(bytes.AsSpan(LastUsedAt)),
            Head = new(
                BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(HeadGeneration)),
                BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(HeadToken))
            ),
            Subject = ReadText(SubjectLength)!,
            Device = ReadText(DeviceLength),
            SecurityStamp = ReadText(StampLength),
            Claims = bytes.AsMemory(rest),
        };

        string? ReadText(int length)
        {
            var size = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(length));
            if (size == NoText)
                return null;
            rest += size;
            return Encoding.UTF8.GetString(bytes, rest - size, size);
        }
    }

    /// <summary>The bytes that a rotation overwrites, from the last use on.</summary>
    public static byte[] Use(DateTimeOffset at, SessionHead head)
    {
        var bytes = new byte[UseSize];
        WriteTime(bytes, at);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeadGeneration - LastUsedAt), head.Generation);
        WriteToken(bytes.AsSpan(HeadToken - LastUsedAt), head);
        return bytes;
    }

    /// <summary>The bytes of a head's token.</summary>
    public static byte[] Token(SessionHead head)
    {
        var bytes = new byte[sizeof(ulong)];
        WriteToken(bytes, head);
        return bytes;
    }

    /// <summary>The bytes that an ending overwrites, from the reason on.</summary>
    public static byte[] Ending(SessionEnd end)
    {
        var bytes = new byte[EndSize];
        bytes[0] = (byte)end.Reason;
        WriteTime(bytes.AsSpan(EndedAt - EndReason), end.At);
        return bytes;
    }

    public static SessionEnd ReadEnding(ReadOnlySpan<byte> bytes) =>
        new((SessionEndReason)bytes[0], ReadTime(bytes[(EndedAt - EndReason)..]));

    /// <summary>The bytes of a version of properties; zeros if there are none.</summary>
    public static byte[] PropertiesVersion(long version)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, version);
        return bytes[^VersionSize..];
    }

    private static long ReadPropertiesVersion(ReadOnlySpan<byte> bytes) =>
        (long)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[sizeof(ushort)..]);

    public static byte[] Encode(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);

    /// <summary>The length of a text as two bytes.</summary>
    public static byte[] Length(string? text, byte[] encoded)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, text is null ? NoText : checked((ushort)encoded.Length));
        return bytes;
    }

    private static void WriteToken(Span<byte> bytes, SessionHead head) => BinaryPrimitives.WriteUInt64BigEndian(bytes, head.TokenId);

    private static void WriteTime(Span<byte> bytes, DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt16BigEndian(bytes, (short)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], unchecked((uint)milliseconds));
    }

    private static DateTimeOffset ReadTime(ReadOnlySpan<byte> bytes) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            (long)BinaryPrimitives.ReadInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..])
        );
}
