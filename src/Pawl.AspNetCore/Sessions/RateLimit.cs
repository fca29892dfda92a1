using System.Security.Cryptography;

namespace Pawl.AspNetCore;

/// <summary>
/// A limit for each of any number of keys in a fixed piece of memory: the generic cell rate algorithm, which needs one number for a key, the time at which it will have
/// worked off what it has taken. Keys that fall into one cell share it, which a limit far above what honest clients need allows for.
/// </summary>
/// <param name="burst">How many may come at once.</param>
/// <param name="interval">How long it takes to work one off.</param>
/// <param name="clock">The time.</param>
internal sealed class RateLimit(int burst, TimeSpan interval, TimeProvider clock)
{
    private const int Cells = 1 << 16;

    private readonly long[] _workedOffAt = new long[Cells];
    private readonly int _seed = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>Takes one. Zero, or how long to wait before the next would be granted.</summary>
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
