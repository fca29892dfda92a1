namespace Pawl.AspNetCore;

/// <summary>
/// How far this node has read the store's feed of endings: for the one that reads it, for those who wait for what comes next, and for health and metrics, which have to say
/// so when other nodes' endings do not arrive.
/// </summary>
internal sealed class RevocationFeed(TimeProvider clock)
{
    /// <summary>How long a wake-up that got lost can delay an ending: the feed is read that often in any case.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    // A reading may hang for a while before it fails; then nothing is known of the feed.
    private static readonly TimeSpan MaxAge = Heartbeat + Heartbeat;

    // Each holds a connection, and all of them look when something ends.
    private const int MostWaiters = 256;

    private readonly Lock _lock = new();
    private readonly Queue<(DateTimeOffset At, long Position)> _marks = [];
    private TaskCompletionSource _moved = New();
    private int _waiters;
    private long _position;
    private long _start;
    private long _readAt = clock.GetTimestamp();
    private volatile bool _isUp = true;

    /// <summary>The position of the last ending that was read.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Behind it is all that still matters: no access token lives of a session whose ending is there or before.</summary>
    public long Start => Volatile.Read(ref _start);

    /// <summary>For how long nothing has been heard of the feed, not even that nothing has ended.</summary>
    public TimeSpan Age => clock.GetElapsedTime(Volatile.Read(ref _readAt));

    /// <summary>Whether endings of other nodes arrive here.</summary>
    public bool IsUp => _isUp && Age <= MaxAge;

    /// <summary>
    /// Returns when something has been read beyond a position, or after a while, or when it is called off; without an exception in each case. False, at once, if too many wait already.
    /// </summary>
    public async Task<bool> TryWaitAsync(long beyond, TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task moved;
        lock (_lock)
        {
            if (_position > beyond)
                return true;
            if (_waiters == MostWaiters)
                return false;
            _waiters++;
            moved = _moved.Task;
        }
        await moved.WaitAsync(atMost, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
            _waiters--;
        return true;
    }

    /// <summary>An ending was read.</summary>
    /// <param name="position">Its place.</param>
    /// <param name="matters">Whether an access token of its session may still live.</param>
    public void Read(long position, bool matters)
    {
        lock (_lock)
        {
            if (!matters && _start == _position)
                _start = position;
            _position = position;
        }
    }

    /// <summary>Everything there is has been read: whoever waits may look.</summary>
    public void CaughtUp(bool hasMoved)
    {
        Volatile.Write(ref _readAt, clock.GetTimestamp());
        if (!hasMoved)
            return;
        TaskCompletionSource moved;
        lock (_lock)
            (moved, _moved) = (_moved, New());
        moved.SetResult();
    }

    /// <summary>Moves the start up to where the feed stood at a time that is not after <paramref name="horizon"/>, and marks where it stands now.</summary>
    public void Forget(DateTimeOffset horizon, DateTimeOffset now)
    {
        lock (_lock)
        {
            _marks.Enqueue((now, _position));
            while (_marks.TryPeek(out var mark) && mark.At <= horizon)
                _start = _marks.Dequeue().Position;
        }
    }

    /// <summary>Whether it has changed: endings arrive again, or no more.</summary>
    public bool TrySet(bool isUp)
    {
        var changed = _isUp != isUp;
        _isUp = isUp;
        return changed;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
