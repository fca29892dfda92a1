using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>
/// What an app keeps with a session besides its claims, such as the tokens of a provider. A store keeps it beside the session, so that a
/// rotation or a list neither reads nor writes it. The default value means that there is nothing.
/// </summary>
/// <remarks>The content is encrypted for its session before a store gets it. Two values are equal if version and content are.</remarks>
public readonly record struct SessionProperties
{
    /// <summary>The greatest version: six bytes.</summary>
    public const long MaxVersion = (1L << 48) - 1;

    // A field, so that the equality that the compiler generates compares the content.
    private readonly Bytes _content;

    /// <summary>A version of the properties and its content.</summary>
    /// <param name="version">1 to <see cref="MaxVersion"/>. No other content of the session has it.</param>
    /// <param name="content">The bytes, which a store keeps unchanged.</param>
    /// <exception cref="ArgumentOutOfRangeException">The version is not in its range.</exception>
    public SessionProperties(long version, ReadOnlyMemory<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(version);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, MaxVersion);
        (Version, _content) = (version, new(content));
    }

    /// <summary>The version, as in <see cref="Session.PropertiesVersion"/>; 0 if there is nothing.</summary>
    public long Version { get; }

    /// <summary>The bytes; empty if there is nothing.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Content => _content.Content;

    /// <summary>The version and the number of bytes, for a log.</summary>
    public override string ToString() => FormattableString.Invariant($"properties {Version} of {Content.Length} bytes");
}
