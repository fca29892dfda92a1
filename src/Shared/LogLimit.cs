using System.Collections.Concurrent;
// The Web SDK imports the namespace of this type by itself, and a library does not.
using ILogger = Microsoft.Extensions.Logging.ILogger;

namespace Pawl;

/// <summary>
/// Prevents callers from filling the log: of each kind of message that any caller can cause, it lets a limited number a minute through. At
/// the end of that minute one message gives the number of the others.
/// </summary>
/// <param name="clock">The clock of the minutes.</param>
/// <param name="leftOut">Writes that message: the id, the kind and the number of messages that were left out.</param>
internal sealed class LogLimit(TimeProvider clock, Action<ILogger, int, string, int> leftOut) : IDisposable
{
    /// <summary>The maximum for each kind. It shows what happens, and a flood writes only a few megabytes a day.</summary>
    public const int MaximumPerMinute = 60;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(int Id, string Kind), Counter> _counters = new();

    /// <summary>Counts a message. Returns true if it may be written.</summary>
    /// <param name="logger">The logger of the message. The count is written to it, too.</param>
    /// <param name="id">The id of the message.</param>
    /// <param name="kind">
    /// The kind, counted separately within that id. It must come from a fixed set, because each kind keeps a counter.
    /// </param>
    public bool Allows(ILogger logger, int id, string kind) =>
        _counters.GetOrAdd((id, kind), key => new Counter(count => leftOut(logger, key.Id, key.Kind, count))).Take(clock);

    public void Dispose()
    {
        foreach (var counter in _counters.Values)
            counter.Dispose();
    }

    private sealed class Counter(Action<int> leftOut) : IDisposable
    {
        private readonly Lock _lock = new();
        private long _startedAt;
        private int _count;
        private ITimer? _timer;

        public bool Take(TimeProvider clock)
        {
            lock (_lock)
            {
                if (_count == 0 || clock.GetElapsedTime(_startedAt) >= Window)
                {
                    End();
                    _startedAt = clock.GetTimestamp();
                }
                if (++_count <= MaximumPerMinute)
                    return true;
                // The timer writes the count even if no further message follows.
                _timer ??= clock.CreateTimer(_ => End(), null, Window - clock.GetElapsedTime(_startedAt), Timeout.InfiniteTimeSpan);
                return false;
            }
        }

        private void End()
        {
            lock (_lock)
            {
                if (_count > MaximumPerMinute)
                    leftOut(_count - MaximumPerMinute);
                _count = 0;
                _timer?.Dispose();
                _timer = null;
            }
        }

        public void Dispose()
        {
            lock (_lock)
                _timer?.Dispose();
        }
    }
}
