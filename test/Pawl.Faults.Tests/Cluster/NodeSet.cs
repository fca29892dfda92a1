namespace Pawl.Faults.Tests;

/// <summary>Three nodes on one store, each by a wire of its own.</summary>
internal sealed class NodeSet : IAsyncDisposable
{
    private readonly List<IDisposable> _owned = [];

    private NodeSet(StoreServer store)
    {
        Store = Own(store);
        Nodes =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ => new Wire(store.Port))
                .Select(wire => new Node(
                    wire,
                    [
                        .. store.Settings(wire.Port),
                        ("Pawl__KeyEncryptionKey", Convert.ToBase64String(new byte[32])),
                        // Clients here refresh all the time, so tokens settle soon and nobody is slowed down. Access tokens live as long as
                        // ever: one that outlives its session is to be seen.
                        ("Pawl__SettlePeriod", "00:00:01"),
                        ("Pawl__RefreshesPerMinute", "none"),
                        ("Logging__LogLevel__Default", "Warning"),
                    ]
                )),
        ];
    }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The server that the nodes are led to.</summary>
    public StoreServer Store { get; private set; }

    public static async Task<NodeSet> StartAsync(StoreServer store, CancellationToken cancellationToken)
    {
        var set = new NodeSet(store);
        try
        {
            await Task.WhenAll(set.Nodes.Select(node => node.StartAsync(cancellationToken)));
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Disposes of it with the nodes, and after them.</summary>
    public T Own<T>(T one)
        where T : IDisposable
    {
        _owned.Add(one);
        return one;
    }

    /// <summary>Another server is the store from here on, under the same address.</summary>
    public void LeadTo(StoreServer store)
    {
        Store = store;
        foreach (var node in Nodes)
            node.Wire.LeadTo(store.Port);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            node.Dispose();
            node.Wire.Dispose();
        }
        foreach (var owned in _owned)
            owned.Dispose();
        return ValueTask.CompletedTask;
    }
}
