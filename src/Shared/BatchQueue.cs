namespace Pawl;

/// <summary>
/// A queue that a limited number of workers serve in batches. A caller that finds a worker's place free can take it and run at once.
/// Items that arrive while all places are taken wait, and are then served together: latency stays low when the store is idle, and under
/// load the cost of each item drops.
/// </summary>
/// <remarks>
/// Each method is one atomic step under a lock. Leaving a place and looking at the queue must be one step: an item that is added between
/// the two would find all places taken, and no worker would come for it. Items wait only while all places are taken.
/// </remarks>
internal sealed class BatchQueue<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _waiting = new();
    private readonly Action _startWorker;
    private readonly int _places;
    private readonly int _placesWhenStuck;
    private readonly TimeSpan _stuckTimeout;
    private readonly TimeProvider? _clock;
    private readonly ITimer? _check;
    private int _taken;
    private long _takenAt;
    private bool _isCheckDue;

    /// <param name="startWorker">
    /// Starts a worker that has a place already. It calls <see cref="Take"/>, serves what it got, which may be nothing, and calls
    /// <see cref="Leave"/>. It must not run on the thread that starts it.
    /// </param>
    /// <param name="places">How many workers run at the same time.</param>
    public BatchQueue(Action startWorker, int places) => (_startWorker, _places, _placesWhenStuck) = (startWorker, places, places);

    /// <summary>
    /// A queue that adds workers while its workers are stuck. If the newest worker got its place longer ago than the timeout, one more
    /// place is free, up to a maximum.
    /// </summary>
    /// <param name="startWorker">As above.</param>
    /// <param name="places">How many workers run at the same time while none is stuck.</param>
    /// <param name="placesWhenStuck">How many workers run at the same time at most.</param>
    /// <param name="stuckTimeout">How long a worker may take until it counts as stuck.</param>
    /// <param name="clock">Measures the timeout.</param>
    public BatchQueue(Action startWorker, int places, int placesWhenStuck, TimeSpan stuckTimeout, TimeProvider clock)
        : this(startWorker, places)
    {
        (_placesWhenStuck, _stuckTimeout, _clock) = (placesWhenStuck, stuckTimeout, clock);
        _check = clock.CreateTimer(
            static queue => ((BatchQueue<T>)queue!).Check(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Takes a place if one is free. The caller serves an item of its own and then calls <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        lock (_lock)
            return TryTakePlace();
    }

    /// <summary>Adds an item, and starts a worker for it if a place is free.</summary>
    public void Enqueue(T item)
    {
        bool starts;
        lock (_lock)
        {
            _waiting.Enqueue(item);
            starts = TryTakePlace();
            if (!starts)
                ScheduleCheck();
        }
        if (starts)
            _startWorker();
    }

    /// <summary>Moves the items that have waited longest to a batch. Only for the caller who has a place.</summary>
    public void Take(List<T> batch, int limit)
    {
        lock (_lock)
        {
            while (batch.Count < limit && _waiting.TryDequeue(out var item))
                batch.Add(item);
        }
    }

    /// <summary>Gives a place back, and starts another worker if items wait.</summary>
    public void Leave()
    {
        bool starts;
        lock (_lock)
        {
            _taken--;
            starts = _waiting.Count > 0 && TryTakePlace();
        }
        if (starts)
            _startWorker();
    }

    // The check repeats while items wait: the worker that it starts may take only some of them, and may get stuck, too.
    private void Check()
    {
        bool starts;
        lock (_lock)
        {
            _isCheckDue = false;
            if (_waiting.Count == 0)
                return;
            starts = TryTakePlace();
            ScheduleCheck();
        }
        if (starts)
            _startWorker();
    }

    private bool TryTakePlace()
    {
        if (_taken >= _places && !(_taken < _placesWhenStuck && _clock!.GetElapsedTime(_takenAt) >= _stuckTimeout))
            return false;
        _taken++;
        if (_clock is not null)
            _takenAt = _clock.GetTimestamp();
        return true;
    }

    // All workers may be stuck, and no other caller may come.
    private void ScheduleCheck()
    {
        if (_check is null || _isCheckDue)
            return;
        _isCheckDue = true;
        _check.Change(_stuckTimeout, Timeout.InfiniteTimeSpan);
    }
}
