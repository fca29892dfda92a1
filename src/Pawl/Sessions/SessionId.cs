using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>
/// The public name of a session, the <c>sid</c> claim of OpenID Connect: 16 random bytes. It is no secret: it names a session in lists,
/// logs and URLs, and nothing can be done with it alone.
/// </summary>
/// <remarks>
/// As text it is 22 characters of base64url, also in JSON and as a parameter of an endpoint (<c>/sessions/{id}</c>); as
/// bytes, 16, in the order they were given.
/// </remarks>
/// <example>
/// <code>
/// app.MapDelete("/admin/sessions/{id}", (SessionId id, SessionManager sessions) => sessions.EndAsync(id))
///     .RequireAuthorization(policy => policy.RequireRole("admin"));
/// </code>
/// </example>
[JsonConverter(typeof(SessionIdJsonConverter))]
public readonly struct SessionId : IEquatable<SessionId>, ISpanParsable<SessionId>, ISpanFormattable
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

    /// <summary>Reads the 22-character form. Returns false, and throws nothing, for any other text. Each id has exactly one text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SessionId id)
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

    /// <summary>Reads the 22-character form. Minimal APIs and MVC bind parameters with it.</summary>
    /// <param name="s">The text; null is no id.</param>
    /// <param name="provider">Ignored: the form is the same in every culture.</param>
    /// <param name="result">The id, or the default value.</param>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out SessionId result) =>
        TryParse(s.AsSpan(), out result);

    /// <inheritdoc cref="TryParse(string, IFormatProvider, out SessionId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out SessionId result) => TryParse(s, out result);

    /// <summary>Reads the 22-character form.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Ignored: the form is the same in every culture.</param>
    /// <exception cref="FormatException">The text is not a session id.</exception>
    public static SessionId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, out var id) ? id : throw new FormatException("A session id is 22 characters of base64url.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider)"/>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static SessionId Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
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
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The 22-character base64url form, whatever the format and the culture.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>Writes the 22-character base64url form. Returns false if the destination is shorter.</summary>
    public bool TryFormat(
        Span<char> destination,
        out int charsWritten,
        ReadOnlySpan<char> format = default,
        IFormatProvider? provider = null
    )
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        return Base64Url.TryEncodeToChars(bytes, destination, out charsWritten);
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
