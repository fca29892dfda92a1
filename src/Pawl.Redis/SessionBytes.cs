using System.Buffers.Binary;
using System.Text;

namespace Pawl.Redis;

/// <summary>
/// A session as bytes. A hash would be twice as large, for Redis keeps one compact only while each value is short. What a rotation changes lies together, so that
/// it is written over in place. Times are milliseconds since 1970 in six bytes, numbers are big-endian, texts are UTF-8:
/// <code>
///  0 layout, 1 transport and persistence, 2 reason of the end or 0, 3 end, 9 creation, 15 absolute timeout,
/// 21 last use, 27 generation, 31 token, 39 lengths of subject, device and security stamp, 45 these three and the claims.
/// </code>
/// </summary>
internal static class SessionBytes
{
    private const byte Layout = 1;
    private const int Header = 45;
    private const int Persistent = 4;
    private const ushort None = ushort.MaxValue;

    public static byte[] Write(Session session)
    {
        var (subject, device, stamp) = (Encode(session.Subject), Encode(session.Device), Encode(session.SecurityStamp));
        var bytes = new byte[Header + subject.Length + device.Length + stamp.Length + session.Claims.Length];
        bytes[0] = Layout;
        bytes[1] = (byte)((int)session.Transport | (session.IsPersistent ? Persistent : 0));
        if (session.End is { } end)
            Ending(end).CopyTo(bytes, 2);
        WriteTime(bytes.AsSpan(9), session.CreatedAt);
        WriteTime(bytes.AsSpan(15), session.ExpiresAt);
        Use(session.LastUsedAt, session.Head).CopyTo(bytes, 21);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(39), checked((ushort)subject.Length));
        Length(session.Device, device).CopyTo(bytes, 41);
        Length(session.SecurityStamp, stamp).CopyTo(bytes, 43);
        var rest = Header;
        foreach (var part in (ReadOnlySpan<byte[]>)[subject, device, stamp])
        {
            part.CopyTo(bytes, rest);
            rest += part.Length;
        }
        session.Claims.Span.CopyTo(bytes.AsSpan(rest));
        return bytes;
    }

    /// <summary>The bytes for a session that the store had lost when it was ended.</summary>
    public static byte[] Ended(SessionId id, SessionEnd end) =>
        Write(new() { Id = id, Subject = "", Head = default, CreatedAt = end.At, LastUsedAt = end.At, ExpiresAt = end.At, End = end });

    /// <exception cref="StoreUnavailableException">It is of a newer program, or damaged.</exception>
    public static Session Read(SessionId id, byte[] bytes)
    {
        if (bytes.Length < Header || bytes[0] != Layout)
            throw new StoreUnavailableException($"Session {id} is not as this program writes it; is there a newer one, or does something else write to these keys?");
        var rest = Header;
        return new()
        {
            Id = id,
            Transport = (SessionTransport)(bytes[1] & 3),
            IsPersistent = (bytes[1] & Persistent) != 0,
            End = bytes[2] == 0 ? null : ReadEnding(bytes.AsSpan(2)),
            CreatedAt = ReadTime(bytes.AsSpan(9)),
            ExpiresAt = ReadTime(bytes.AsSpan(15)),
            LastUsedAt = ReadTime(bytes.AsSpan(21)),
            Head = new(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(27)), BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(31))),
            Subject = ReadText(39)!,
            Device = ReadText(41),
            SecurityStamp = ReadText(43),
            Claims = bytes.AsMemory(rest),
        };

        string? ReadText(int length)
        {
            var size = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(length));
            if (size == None)
                return null;
            rest += size;
            return Encoding.UTF8.GetString(bytes, rest - size, size);
        }
    }

    /// <summary>What a rotation writes over: last use, generation and token.</summary>
    public static byte[] Use(DateTimeOffset at, SessionHead head)
    {
        var bytes = new byte[18];
        WriteTime(bytes, at);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(6), head.Generation);
        Token(head).CopyTo(bytes, 10);
        return bytes;
    }

    public static byte[] Token(SessionHead head)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, head.TokenId);
        return bytes;
    }

    /// <summary>What an ending writes over: the reason and the time.</summary>
    public static byte[] Ending(SessionEnd end)
    {
        var bytes = new byte[7];
        bytes[0] = (byte)end.Reason;
        WriteTime(bytes.AsSpan(1), end.At);
        return bytes;
    }

    public static SessionEnd ReadEnding(ReadOnlySpan<byte> bytes) => new((SessionEndReason)bytes[0], ReadTime(bytes[1..]));

    public static byte[] Encode(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);

    /// <summary>The length of a text as two bytes.</summary>
    public static byte[] Length(string? text, byte[] encoded)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, text is null ? None : checked((ushort)encoded.Length));
        return bytes;
    }

    private static void WriteTime(Span<byte> bytes, DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt16BigEndian(bytes, (short)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], unchecked((uint)milliseconds));
    }

    private static DateTimeOffset ReadTime(ReadOnlySpan<byte> bytes) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)BinaryPrimitives.ReadInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));
}
