using System.Collections.Concurrent;

namespace Pawl.Server;

/// <summary>
/// Prevents callers from filling the log: of each kind of message that any caller can cause, it lets 60 a minute through. At the end of
/// that minute one message (<see cref="ServerLog.LeftOut"/>) gives the number of the others.
/// </summary>
internal sealed class LogLimit(TimeProvider clock) : IDisposable
{
    private const int MaximumPerMinute = 60;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(int Id, string Kind), Counter> _counters = new();

    /// <summary>Counts a message. Returns true if it may be written.</summary>
    /// <param name="logger">The logger of the message. The count is written to it, too.</param>
    /// <param name="id">The id of the message.</param>
    /// <param name="kind">The kind within that id. It must come from a fixed set, because each kind keeps a counter.</param>
    public bool Allows(ILogger logger, int id, string kind)
    {
        var counter = _counters.GetOrAdd((id, kind), static _ => new());
        lock (counter)
        {
            // The timer ends the minute, and so the count is written even if no further message follows.
            counter.Timer ??= clock.CreateTimer(_ => End(counter, logger, id, kind), null, Window, Timeout.InfiniteTimeSpan);
            return ++counter.Count <= MaximumPerMinute;
        }
    }

    private static void End(Counter counter, ILogger logger, int id, string kind)
    {
        lock (counter)
        {
            if (counter.Count > MaximumPerMinute)
                logger.LeftOut(id, kind, counter.Count - MaximumPerMinute);
            counter.Count = 0;
            counter.Timer?.Dispose();
            counter.Timer = null;
        }
    }

    public void Dispose()
    {
        foreach (var counter in _counters.Values)
            counter.Timer?.Dispose();
    }

    private sealed class Counter
    {
        public int Count { get; set; }

        public ITimer? Timer { get; set; }
    }
}
