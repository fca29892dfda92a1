using System.Net;

namespace Pawl.Server;

/// <summary>
/// The addresses from which each account has signed in. Failures at other addresses do not block a correct password from these. It works
/// without the cookie of <see cref="KnownDevice"/>: a native client has no cookies, and a new browser at home has none yet.
/// </summary>
/// <remarks>
/// Each process has its own list in memory. The list is bounded: pairs are kept as hashes, and the oldest are removed first.
/// </remarks>
internal sealed class KnownAddresses(TimeProvider clock)
{
    private const int MaxPairs = 100_000;

    // The default absolute timeout of a session. After that time an address may belong to another subscriber.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, long> _seenAt = [];

    public bool IsKnown(string account, IPAddress? address)
    {
        lock (_lock)
            return _seenAt.TryGetValue(Attempt.NamePair(account, address), out var at) && clock.GetElapsedTime(at) < Lifetime;
    }

    public void Remember(string account, IPAddress? address)
    {
        lock (_lock)
        {
            if (_seenAt.Count >= MaxPairs)
            {
                foreach (var (pair, _) in _seenAt.OrderBy(static seen => seen.Value).Take(MaxPairs / 4).ToList())
                    _seenAt.Remove(pair);
            }
            _seenAt[Attempt.NamePair(account, address)] = clock.GetTimestamp();
        }
    }
}
