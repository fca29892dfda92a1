using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>
/// The public key that a session is bound to. From <see cref="BoundAt"/> on, a refresh needs a proof by its private key, so a stolen
/// refresh token is worth nothing without that key.
/// </summary>
/// <remarks>Two values are equal if the bytes and the time are. A store never compares or replaces a key in more than one step.</remarks>
public sealed record DeviceKey
{
    /// <summary>The maximum number of bytes of a key.</summary>
    public const int MaxSize = 1024;

    // A field, so that the equality that the compiler generates compares the content.
    private readonly Bytes _content;

    /// <summary>A key and the time from which on it is demanded.</summary>
    /// <param name="content">
    /// A point of the curve P-256 in 65 bytes: 4, x and y (SEC 1, section 2.3.3). A store keeps any bytes unchanged.
    /// </param>
    /// <param name="boundAt">When the session was bound. A store keeps it to the millisecond.</param>
    /// <exception cref="ArgumentException">The key is empty or has more than <see cref="MaxSize"/> bytes.</exception>
    public DeviceKey(ReadOnlyMemory<byte> content, DateTimeOffset boundAt)
    {
        if (content.Length is 0 or > MaxSize)
            throw new ArgumentException($"A device key has 1 to {MaxSize} bytes.", nameof(content));
        (_content, BoundAt) = (new(content), boundAt);
    }

    /// <summary>The bytes of the key.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Content => _content.Content;

    /// <summary>When the session was bound.</summary>
    public DateTimeOffset BoundAt { get; }

    /// <summary>The time, for a log.</summary>
    public override string ToString() => FormattableString.Invariant($"device key since {BoundAt:O}");
}
