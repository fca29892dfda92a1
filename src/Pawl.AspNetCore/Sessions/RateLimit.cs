using System.Security.Cryptography;

namespace Pawl.AspNetCore;

/// <summary>
/// A rate limit for any number of keys in fixed memory, by the generic cell rate algorithm. It stores one number per key: the time at
/// which the key's requests are worked off. Keys that share a cell share the limit, so the limit is far above the need of honest clients.
/// </summary>
/// <param name="burst">The maximum number of requests at once.</param>
/// <param name="interval">The time that one request takes to work off.</param>
/// <param name="clock">The clock.</param>
internal sealed class RateLimit(int burst, TimeSpan interval, TimeProvider clock)
{
    private const int Cells = 1 << 16;

    private readonly long[] _workedOffAt = new long[Cells];
    private readonly int _seed = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>Counts one request. Returns zero, or how long the caller must wait.</summary>
    public TimeSpan Take(int key)
    {
        var now = clock.GetElapsedTime(0).Ticks;
        ref var cell = ref _workedOffAt[(uint)HashCode.Combine(_seed, key) % Cells];
        while (true)
        {
            var before = Volatile.Read(ref cell);
            var after = Math.Max(before, now) + interval.Ticks;
            var wait = after - now - burst * interval.Ticks;
            if (wait > 0)
                return TimeSpan.FromTicks(wait);
            if (Interlocked.CompareExchange(ref cell, after, before) == before)
                return TimeSpan.Zero;
        }
    }
}
