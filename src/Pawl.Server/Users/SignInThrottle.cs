namespace Pawl.Server;

/// <summary>
/// Slows guessing and floods down. After the free tries each further one has to wait, twice as long each time; nothing is ever
/// locked. Failures of a stranger slow down only that stranger: another address is counted separately, and so is a browser or an
/// address that the user has signed in from before.
/// </summary>
/// <remarks>In memory, for each process by itself, and bounded: names are kept as hashes, and the oldest go first.</remarks>
internal sealed class SignInThrottle(TimeProvider clock)
{
    private const int MostCounters = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Counter> _counters = [];

    /// <summary>How long to wait before this may be tried; zero for not at all.</summary>
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
                var delay = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, over), rule.Forgiveness.TotalSeconds)) - clock.GetElapsedTime(_counters[name].At, now);
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
    /// Counts a success and forgets the failures before it. Failures of an address stay: it is shared,
    /// and an attacker may have an account, too.
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
        if (_counters.Count >= MostCounters)
            DropOldest();
        foreach (var (name, rule) in counters)
            _counters[name] = new(Read(name, rule, now) + 1, now);
    }

    // Forgiven bit by bit, and not by the whole failure: waiting a little always helps a little.
    private double Read(Guid name, ThrottleRule rule, long now) =>
        _counters.TryGetValue(name, out var counter)
            ? Math.Max(0, counter.Value - (clock.GetElapsedTime(counter.At, now) / rule.Forgiveness))
            : 0;

    private void DropOldest()
    {
        foreach (var (name, _) in _counters.OrderBy(static pair => pair.Value.At).Take(MostCounters / 4).ToList())
            _counters.Remove(name);
    }

    private readonly record struct Counter(double Value, long At);
}
