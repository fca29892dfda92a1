namespace Pawl;

/// <summary>Bytes that are equal if their content is. <see cref="ReadOnlyMemory{T}"/> compares their place in memory.</summary>
internal readonly struct Bytes(ReadOnlyMemory<byte> content) : IEquatable<Bytes>
{
    public ReadOnlyMemory<byte> Content => content;

    public bool Equals(Bytes other) => content.Span.SequenceEqual(other.Content.Span);

    public override bool Equals(object? obj) => obj is Bytes other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(content.Span);
        return hash.ToHashCode();
    }
}
