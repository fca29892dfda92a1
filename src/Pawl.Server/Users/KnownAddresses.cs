using System.Net;

namespace Pawl.Server;

/// <summary>
/// The addresses that each account has signed in from. Failures elsewhere do not block a right password from there, even without the cookie
/// of <see cref="KnownDevice"/>: a native client has none, and a new browser at home has none yet.
/// </summary>
/// <remarks>In memory, for each process by itself, and bounded: pairs are kept as hashes, and the oldest go first.</remarks>
internal sealed class KnownAddresses(TimeProvider clock)
{
    private const int MostPairs = 100_000;

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
            if (_seenAt.Count >= MostPairs)
            {
                foreach (var (pair, _) in _seenAt.OrderBy(static seen => seen.Value).Take(MostPairs / 4).ToList())
                    _seenAt.Remove(pair);
            }
            _seenAt[Attempt.NamePair(account, address)] = clock.GetTimestamp();
        }
    }
}
