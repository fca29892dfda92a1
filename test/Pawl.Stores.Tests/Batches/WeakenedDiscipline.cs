namespace Pawl.Stores.Tests.Batches;

/// <summary>One part that a discipline lacks.</summary>
internal enum Flaw
{
    None,

    /// <summary>A worker leaves and does not look at the queue again.</summary>
    LeavesWithoutLooking,

    /// <summary>A worker looks at the queue and then leaves.</summary>
    LooksBeforeLeaving,

    /// <summary>A place is counted first and given back if there was none.</summary>
    CountsBeyondTheLimit,

    /// <summary>Nothing looks for stuck workers.</summary>
    NeverChecks,

    /// <summary>A check that starts a worker is the last one, even if more items wait than the worker takes.</summary>
    ChecksOnce,

    /// <summary>A worker that gets its place from a check is not counted.</summary>
    ForgetsToCount,
}

/// <summary>The same discipline without a lock, so that its parts are steps of their own, and with one flaw.</summary>
internal sealed class WeakenedDiscipline : Discipline
{
    private readonly World _world;
    private readonly Flaw _flaw;
    private readonly Queue<int> _waiting = new();
    private readonly ITimer _check;
    private int _taken;
    private long _takenAt;

    public WeakenedDiscipline(World world, Flaw flaw)
    {
        (_world, _flaw) = (world, flaw);
        _check = world.Clock.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override IEnumerable<int> Waiting => _waiting;

    public override string Memory => $"{_taken}";

    private bool IsPlaceFree =>
        _taken < _world.Bounds.Places
        || (_taken < _world.Bounds.PlacesWhenStuck && _world.Clock.GetElapsedTime(_takenAt) >= World.Patience);

    public override IEnumerable<char> TryEnter(Machine caller)
    {
        yield return 'e';
        if (IsPlaceFree)
        {
            CountPlace();
            _world.Enter(caller);
        }
    }

    public override IEnumerable<char> Enqueue(Machine caller)
    {
        yield return 'q';
        _waiting.Enqueue(caller.Item);
        foreach (var step in TryStartWorker())
            yield return step;
    }

    public override IEnumerable<char> Take(Machine worker)
    {
        yield return 't';
        while (worker.Batch.Count < _world.Bounds.Batch && _waiting.TryDequeue(out var item))
            worker.Batch.Add(item);
    }

    public override IEnumerable<char> Leave(Machine machine)
    {
        var looks = _flaw is not Flaw.LeavesWithoutLooking;
        if (_flaw is Flaw.LooksBeforeLeaving)
        {
            yield return 'w';
            looks = _waiting.Count > 0;
        }
        yield return looks ? 'l' : 'L';
        machine.HasPlace = false;
        _taken--;
        if (!looks)
            yield break;
        yield return 'w';
        if (_waiting.Count == 0)
            yield break;
        foreach (var step in TryStartWorker())
            yield return step;
    }

    private IEnumerable<char> TryStartWorker()
    {
        yield return 'c';
        var isFree = IsPlaceFree;
        if (isFree || _flaw is Flaw.CountsBeyondTheLimit)
            CountPlace();
        if (isFree)
        {
            _world.StartWorker();
            yield break;
        }
        if (_flaw is Flaw.CountsBeyondTheLimit)
        {
            yield return 'u';
            _taken--;
        }
        else
        {
            ScheduleCheck();
        }
    }

    private void Check()
    {
        if (_waiting.Count == 0)
            return;
        var isFree = IsPlaceFree;
        if (isFree)
        {
            if (_flaw is not Flaw.ForgetsToCount)
                CountPlace();
            _world.StartWorker();
        }
        if (!isFree || _flaw is not Flaw.ChecksOnce)
            ScheduleCheck();
    }

    private void CountPlace() => (_taken, _takenAt) = (_taken + 1, _world.Clock.GetTimestamp());

    private void ScheduleCheck()
    {
        if (_world.Bounds.CanGrow && _world.Clock.TimerDueIn is null && _flaw is not Flaw.NeverChecks)
            _check.Change(World.Patience, Timeout.InfiniteTimeSpan);
    }
}
