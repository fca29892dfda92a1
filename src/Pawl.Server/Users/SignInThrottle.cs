namespace Pawl.Server;

/// <summary>
/// Slows down guessing and floods. After the free attempts, the wait before the next attempt doubles each time; no account is ever
/// locked. Failures of a stranger slow down only that stranger. Other addresses are counted separately, and so are browsers and addresses
/// from which the user has signed in before.
/// </summary>
/// <remarks>
/// Each process has its own counters in memory. They are bounded: names are kept as hashes, and the oldest are removed first.
/// </remarks>
internal sealed class SignInThrottle(TimeProvider clock)
{
    private const int MaxCounters = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Counter> _counters = [];

    /// <summary>The time until the next attempt is allowed; zero if it is allowed now.</summary>
    public TimeSpan FindDelay(Attempt attempt)
    {
        var longest = TimeSpan.Zero;
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            foreach (var (name, rule) in attempt.Failures.Concat(attempt.Successes))
            {
                var over = Math.Ceiling(Read(name, rule, now)) - rule.Free;
                if (over < 0)
                    continue;
                var delay =
                    TimeSpan.FromSeconds(Math.Min(Math.Pow(2, over), rule.Forgiveness.TotalSeconds))
                    - clock.GetElapsedTime(_counters[name].At, now);
                longest = delay > longest ? delay : longest;
            }
        }
        return longest;
    }

    /// <summary>Counts a failure.</summary>
    public void Fail(Attempt attempt)
    {
        lock (_lock)
            Count(attempt.Failures);
    }

    /// <summary>
    /// Counts a success and resets the failures before it. Failures of an address stay, because an attacker who shares it may have an
    /// account, too.
    /// </summary>
    public void Succeed(Attempt attempt)
    {
        lock (_lock)
        {
            foreach (var (name, rule) in attempt.Failures)
            {
                if (rule.EndsWithSuccess)
                    _counters.Remove(name);
            }
            Count(attempt.Successes);
        }
    }

    private void Count(IReadOnlyList<ThrottleCounter> counters)
    {
        var now = clock.GetTimestamp();
        if (_counters.Count >= MaxCounters)
            DropOldest();
        foreach (var (name, rule) in counters)
            _counters[name] = new(Read(name, rule, now) + 1, now);
    }

    // Failures are forgiven continuously, so that a short wait always helps.
    private double Read(Guid name, ThrottleRule rule, long now) =>
        _counters.TryGetValue(name, out var counter)
            ? Math.Max(0, counter.Value - (clock.GetElapsedTime(counter.At, now) / rule.Forgiveness))
            : 0;

    private void DropOldest()
    {
        foreach (var (name, _) in _counters.OrderBy(static pair => pair.Value.At).Take(MaxCounters / 4).ToList())
            _counters.Remove(name);
    }

    private readonly record struct Counter(double Value, long At);
}
