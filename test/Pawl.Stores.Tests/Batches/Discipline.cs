namespace Pawl.Stores.Tests.Batches;

/// <summary>
/// How callers and workers share a queue, cut into atomic steps. Each step begins with a <c>yield return</c> of its name, and any other
/// machine may run before it.
/// </summary>
internal abstract class Discipline
{
    /// <summary>The items in the queue.</summary>
    public abstract IEnumerable<int> Waiting { get; }

    /// <summary>What else the next steps depend on, besides the machines, the timer and the time since the newest entry.</summary>
    public virtual string Memory => "";

    /// <summary>A caller asks for a place, to serve its item itself.</summary>
    public abstract IEnumerable<char> TryEnter(Machine caller);

    public abstract IEnumerable<char> Enqueue(Machine caller);

    /// <summary>A worker takes items from the queue.</summary>
    public abstract IEnumerable<char> Take(Machine worker);

    public abstract IEnumerable<char> Leave(Machine machine);
}

/// <summary>The queue of the stores. Each of its methods runs under its lock, so each is one step.</summary>
internal sealed class StoreDiscipline : Discipline
{
    private readonly World _world;
    private readonly BatchQueue<int> _queue;
    private readonly Queue<int> _waiting = new();

    public StoreDiscipline(World world)
    {
        _world = world;
        var bounds = world.Bounds;
        _queue = bounds.CanGrow
            ? new(world.StartWorker, bounds.Places, bounds.PlacesWhenStuck, World.Patience, world.Clock)
            : new(world.StartWorker, bounds.Places);
    }

    public override IEnumerable<int> Waiting => _waiting;

    public override IEnumerable<char> TryEnter(Machine caller)
    {
        yield return 'e';
        if (_queue.TryEnter())
            _world.Enter(caller);
    }

    public override IEnumerable<char> Enqueue(Machine caller)
    {
        yield return 'q';
        _waiting.Enqueue(caller.Item);
        _queue.Enqueue(caller.Item);
    }

    public override IEnumerable<char> Take(Machine worker)
    {
        yield return 't';
        _queue.Take(worker.Batch, _world.Bounds.Batch);
        foreach (var item in worker.Batch)
            _world.Check(_waiting.TryDequeue(out var expected) && item == expected, World.NotInOrder);
    }

    public override IEnumerable<char> Leave(Machine machine)
    {
        yield return 'l';
        machine.HasPlace = false;
        _queue.Leave();
    }
}
