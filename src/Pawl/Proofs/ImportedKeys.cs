using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Pawl;

/// <summary>
/// Keeps the keys that were imported last. At each import the platform checks that the point is on the curve, which takes longer than to
/// verify a signature. It is safe for concurrent use.
/// </summary>
/// <remarks>
/// There are two generations: when the younger one is full, it becomes the older one, whose keys are dropped. So the memory is limited, and
/// a flood of foreign keys costs the others an import each. Dropped keys are finalized, because another thread may be using them.
/// </remarks>
/// <param name="capacity">The maximum number of keys in a generation. A key takes about two kilobytes.</param>
internal sealed class ImportedKeys(int capacity)
{
    private volatile Generations _generations = new(new(Comparer), new(Comparer));

    private static IEqualityComparer<byte[]> Comparer { get; } = new KeyComparer();

    /// <summary>The key of these bytes, imported at the first call; null if it cannot be imported.</summary>
    public ECDsa? Find(ReadOnlySpan<byte> key, Func<byte[], ECDsa?> import)
    {
        var generations = _generations;
        if (generations.Young.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var known))
            return known;
        if (!generations.Old.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out known))
            known = import(key.ToArray());
        if (known is null)
            return null;
        if (generations.Young.Count >= capacity)
            _generations = generations = new(new(Comparer), generations.Young);
        generations.Young[key.ToArray()] = known;
        return known;
    }

    private sealed record Generations(ConcurrentDictionary<byte[], ECDsa> Young, ConcurrentDictionary<byte[], ECDsa> Old);

    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
