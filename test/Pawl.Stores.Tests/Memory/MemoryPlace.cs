namespace Pawl.Stores.Tests.Memory;

/// <summary>A place in memory. Its openings share the state, as processes share a database.</summary>
public class MemoryPlace : StorePlace
{
    private MemoryState? _state;

    public override ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        _state = new();
        return ValueTask.CompletedTask;
    }

    public override OpenStore Open()
    {
        var store = Open(_state ?? throw new InvalidOperationException("The place was not initialized."));
        return new(store, store);
    }

    internal virtual MemoryStore Open(MemoryState state) => new(state);

    public override Task PoisonAsync(SessionId id)
    {
        lock (_state!.Gate)
            _state.Poisoned.Add(id);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
