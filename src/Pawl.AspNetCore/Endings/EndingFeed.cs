namespace Pawl.AspNetCore;

/// <summary>
/// How far this node has read the store's feed of endings. The reader uses it, callers wait in it for the next ending, and health and
/// metrics report when endings of other nodes do not arrive.
/// </summary>
internal sealed class EndingFeed
{
    /// <summary>The maximum delay of an ending if a wake-up is lost: the feed is read this often in any case.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    // A read may hang until it times out, and the state of the feed is unknown during that time.
    private static readonly TimeSpan MaxAge = Heartbeat + Heartbeat;

    // Each waiter holds a connection, and every waiter runs when a session ends.
    private const int MaxWaiters = 256;

    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Queue<(DateTimeOffset At, long Position)> _marks = [];
    private TaskCompletionSource _moved = New();
    private int _waiters;
    private long _position;
    private long _start;
    private long _readAt;
    private volatile bool _isUp = true;

    public EndingFeed(TimeProvider clock, PawlMetrics metrics)
    {
        (_clock, _readAt) = (clock, clock.GetTimestamp());
        metrics.Observe("pawl.feed.up", () => IsUp ? 1 : 0, "1", "Whether endings of other nodes arrive.");
        metrics.Observe("pawl.feed.age", () => Age.TotalSeconds, "s", "Since the feed of endings was last read to its end.");
    }

    /// <summary>The position of the last ending that was read.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>
    /// Endings up to this position no longer matter: every access token of those sessions has expired.
    /// </summary>
    public long Start => Volatile.Read(ref _start);

    /// <summary>The time since the feed was last read to its end, even if the read found no endings.</summary>
    public TimeSpan Age => _clock.GetElapsedTime(Volatile.Read(ref _readAt));

    /// <summary>Whether endings of other nodes arrive here.</summary>
    public bool IsUp => _isUp && Age <= MaxAge;

    /// <summary>
    /// Returns when an ending beyond a position has been read, after the maximum time, or when it is cancelled; without an exception in
    /// each case. Returns false at once if too many callers wait already.
    /// </summary>
    public async Task<bool> TryWaitAsync(long beyond, TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task moved;
        lock (_lock)
        {
            if (_position > beyond)
                return true;
            if (_waiters == MaxWaiters)
                return false;
            _waiters++;
            moved = _moved.Task;
        }
        await moved.WaitAsync(atMost, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
            _waiters--;
        return true;
    }

    /// <summary>An ending was read.</summary>
    /// <param name="position">Its position in the feed.</param>
    /// <param name="matters">Whether an access token of its session may not have expired yet.</param>
    public void Read(long position, bool matters)
    {
        lock (_lock)
        {
            if (!matters && _start == _position)
                _start = position;
            _position = position;
        }
    }

    /// <summary>The feed has been read to its end. Wakes the waiting callers.</summary>
    public void CaughtUp(bool hasMoved)
    {
        Volatile.Write(ref _readAt, _clock.GetTimestamp());
        if (!hasMoved)
            return;
        TaskCompletionSource moved;
        lock (_lock)
            (moved, _moved) = (_moved, New());
        moved.SetResult();
    }

    /// <summary>
    /// Moves the start up to where the feed stood at a time that is not after <paramref name="horizon"/>, and marks where it stands now.
    /// </summary>
    public void Forget(DateTimeOffset horizon, DateTimeOffset now)
    {
        lock (_lock)
        {
            _marks.Enqueue((now, _position));
            while (_marks.TryPeek(out var mark) && mark.At <= horizon)
                _start = _marks.Dequeue().Position;
        }
    }

    /// <summary>Returns whether the state has changed since the last call.</summary>
    public bool TrySet(bool isUp)
    {
        var changed = _isUp != isUp;
        _isUp = isUp;
        return changed;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
