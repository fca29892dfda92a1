using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Prevents callers from filling the log. It writes a limited number of messages per minute of each kind that any caller can cause. At
/// the end of that minute one message (<see cref="PawlLog.LeftOut"/>) gives the number of messages that were left out.
/// </summary>
internal sealed class LogSampler(TimeProvider clock) : IDisposable
{
    /// <summary>The maximum for each kind. It shows what happens, and a flood writes only a few megabytes a day.</summary>
    public const int MaximumPerMinute = 60;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(int Id, string Kind), Counter> _counters = new();
    private int _explained;

    /// <summary>Counts a message. Returns true if it may be written.</summary>
    /// <param name="logger">The logger of the message. The count is written to it, too.</param>
    /// <param name="id">The id of the message.</param>
    /// <param name="kind">
    /// The kind, counted separately within that id. It must come from a fixed set, because each kind keeps a counter.
    /// </param>
    public bool Allows(ILogger logger, int id, string kind) =>
        _counters.GetOrAdd((id, kind), static key => new Counter(key.Id, key.Kind)).Take(logger, clock);

    /// <summary>Logs that a request was refused. The code comes from a fixed set.</summary>
    public void RequestRejected(ILogger logger, string code)
    {
        if (!Allows(logger, 5, code))
            return;
        logger.RequestRejected(code);
        // The code alone does not tell a developer what to change.
        if (code == Problem.HttpsRequired.Code && Interlocked.Exchange(ref _explained, 1) == 0)
            logger.HttpsRequired();
    }

    /// <summary>Logs that the store did not answer a request. During an outage every request causes this message.</summary>
    public void StoreUnavailable(ILogger logger, Exception exception)
    {
        if (Allows(logger, 6, "store"))
            logger.StoreUnavailable(exception);
    }

    public void Dispose()
    {
        foreach (var counter in _counters.Values)
            counter.Dispose();
    }

    private sealed class Counter(int id, string kind) : IDisposable
    {
        private readonly Lock _lock = new();
        private long _startedAt;
        private int _count;
        private ITimer? _timer;

        public bool Take(ILogger logger, TimeProvider clock)
        {
            lock (_lock)
            {
                if (_count == 0 || clock.GetElapsedTime(_startedAt) >= Window)
                {
                    End(logger);
                    _startedAt = clock.GetTimestamp();
                }
                if (++_count <= MaximumPerMinute)
                    return true;
                // The timer writes the count even if no further message follows.
                _timer ??= clock.CreateTimer(_ => End(logger), null, Window - clock.GetElapsedTime(_startedAt), Timeout.InfiniteTimeSpan);
                return false;
            }
        }

        private void End(ILogger logger)
        {
            lock (_lock)
            {
                if (_count > MaximumPerMinute)
                    logger.LeftOut(id, kind, _count - MaximumPerMinute);
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
