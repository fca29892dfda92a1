namespace Pawl.Stores.Tests.Batches;

/// <summary>
/// All callers, workers and timers of one schedule, and what they have done so far. Running the same choices gives the same world.
/// </summary>
internal sealed class World
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    public const string TooMany = "More workers ran than there are places.";
    public const string NotInOrder = "An item was taken twice, or out of order.";
    public const string ServedTwice = "An item was served twice.";
    public const string PlaceLost = "A place was not free after everything was done.";

    private readonly List<Machine> _machines = [];
    private readonly HashSet<int> _served = [];
    private readonly Discipline _discipline;
    private int _callers;
    private int _stuck;
    private int _pauses;
    private bool _timeHasPassed;
    private long _enteredAt;

    public World(Bounds bounds, Func<World, Discipline> create)
    {
        Bounds = bounds;
        _discipline = create(this);
    }

    public Bounds Bounds { get; }

    public StepClock Clock { get; } = new();

    public string? Violation { get; private set; }

    /// <summary>Whether every item that has arrived is served, or in the hands of a stuck worker.</summary>
    public bool IsServed => _served.Count + _machines.Where(static m => m.IsStuck).Sum(static m => m.Batch.Count) == _callers;

    /// <summary>Two worlds with the same text behave the same from now on.</summary>
    public string Describe()
    {
        var patienceIsOver = Clock.GetElapsedTime(_enteredAt) >= Patience;
        var machines = _machines.Where(static m => !m.IsDone).Select(static m => m.ToString()).Order(StringComparer.Ordinal);
        return string.Join(
            '|',
            [
                .. machines,
                $"{string.Join(',', _discipline.Waiting)} {string.Join(',', _served.Order())} {_callers} {_stuck} {_pauses}",
                $"{_timeHasPassed} {patienceIsOver} {Clock.TimerDueIn} {_discipline.Memory}",
            ]
        );
    }

    public List<Choice> FindChoices()
    {
        var choices = new List<Choice>();
        if (_callers < Bounds.Callers)
            choices.AddRange([new(ChoiceKind.ArriveAtOnce, _machines.Count), new(ChoiceKind.ArriveAtQueue, _machines.Count)]);
        for (var i = 0; i < _machines.Count; i++)
        {
            if (_machines[i].IsDone || _machines[i].IsStuck)
                continue;
            choices.Add(new(ChoiceKind.Step, i));
            if (_machines[i].Batch.Count > 0 && _stuck < Bounds.Stuck)
                choices.Add(new(ChoiceKind.Stick, i));
        }
        if (Clock.TimerDueIn is not null)
            choices.Add(new(ChoiceKind.Fire));
        if (_pauses < Bounds.Pauses)
            choices.Add(new(ChoiceKind.Pause));
        return choices;
    }

    public void Run(Choice choice)
    {
        switch (choice.Kind)
        {
            case ChoiceKind.ArriveAtOnce or ChoiceKind.ArriveAtQueue:
                var caller = new Machine { Item = _callers++ };
                _machines.Add(caller);
                caller.Start(RunCaller(caller, choice.Kind == ChoiceKind.ArriveAtOnce));
                caller.Step();
                break;
            case ChoiceKind.Step:
                _machines[choice.Machine].Step();
                break;
            case ChoiceKind.Stick:
                _stuck++;
                _machines[choice.Machine].IsStuck = true;
                break;
            case ChoiceKind.Fire:
                _timeHasPassed = true;
                Clock.Fire();
                break;
            default:
                _pauses++;
                _timeHasPassed = true;
                Clock.Pass(Patience);
                break;
        }
        var limit = _timeHasPassed ? Bounds.PlacesWhenStuck : Bounds.Places;
        Check(_machines.Count(static m => m.HasPlace) <= limit, TooMany);
    }

    /// <summary>After everything is done, as many callers as there are places can enter, and no more.</summary>
    public void CheckEnd()
    {
        if (_machines.Exists(static m => !m.IsDone) || Clock.TimerDueIn is not null)
            return;
        var probes = Enumerable.Range(0, Bounds.Places + 1).Select(static _ => new Machine()).ToList();
        foreach (var probe in probes)
            _ = _discipline.TryEnter(probe).Count();
        Check(probes.Count(static p => p.HasPlace) == Bounds.Places, PlaceLost);
    }

    /// <summary>What the discipline calls to start a worker that has a place. It runs when the scheduler chooses it.</summary>
    public void StartWorker()
    {
        var worker = new Machine();
        _machines.Add(worker);
        Enter(worker);
        worker.Start(RunWorker(worker));
    }

    /// <summary>What the discipline calls when a machine has got a place.</summary>
    public void Enter(Machine machine)
    {
        machine.HasPlace = true;
        _enteredAt = Clock.GetTimestamp();
        if (machine.Item >= 0)
            machine.Batch.Add(machine.Item);
    }

    public void Check(bool holds, string otherwise) => Violation ??= holds ? null : otherwise;

    private IEnumerable<char> RunCaller(Machine caller, bool atOnce)
    {
        if (atOnce)
        {
            foreach (var step in _discipline.TryEnter(caller))
                yield return step;
            if (caller.HasPlace)
            {
                foreach (var step in ServeAndLeave(caller))
                    yield return step;
                yield break;
            }
        }
        foreach (var step in _discipline.Enqueue(caller))
            yield return step;
    }

    private IEnumerable<char> RunWorker(Machine worker)
    {
        foreach (var step in _discipline.Take(worker))
            yield return step;
        foreach (var step in ServeAndLeave(worker))
            yield return step;
    }

    private IEnumerable<char> ServeAndLeave(Machine machine)
    {
        yield return 's';
        foreach (var item in machine.Batch)
            Check(_served.Add(item), ServedTwice);
        machine.Batch.Clear();
        foreach (var step in _discipline.Leave(machine))
            yield return step;
    }
}
