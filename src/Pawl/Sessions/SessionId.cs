using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Pawl;

/// <summary>
/// The public name of a session, the <c>sid</c> claim of OpenID Connect: 16 random bytes. It is no secret: it names a session in lists,
/// logs and URLs, and nothing can be done with it alone.
/// </summary>
/// <remarks>As text it is 22 characters of base64url; as bytes, 16, in the order they were given.</remarks>
public readonly struct SessionId : IEquatable<SessionId>
{
    /// <summary>The number of bytes in an id.</summary>
    public const int Size = 16;

    private const int TextLength = 22;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>Makes an id from 16 bytes, which must come from a cryptographic random generator.</summary>
    /// <exception cref="ArgumentException">There are not exactly 16 bytes.</exception>
    public SessionId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException("A session id is 16 bytes.", nameof(bytes));
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    /// <summary>Reads the 22-character form. False, and no exception, for anything else; there is exactly one text for each id.</summary>
    public static bool TryParse([NotNullWhen(true)] ReadOnlySpan<char> text, out SessionId id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length == TextLength && StrictBase64Url.TryDecode(text, bytes, out _))
        {
            id = new SessionId(bytes);
            return true;
        }
        id = default;
        return false;
    }

    /// <summary>Writes the 16 bytes.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than 16 bytes.</exception>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>The 16 bytes, in a new array.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>The 22-character base64url form.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        return System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(SessionId other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SessionId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>Whether both name the same session.</summary>
    public static bool operator ==(SessionId left, SessionId right) => left.Equals(right);

    /// <summary>Whether they name different sessions.</summary>
    public static bool operator !=(SessionId left, SessionId right) => !left.Equals(right);
}
