using System.Diagnostics;

namespace Pawl.Faults.Tests;

/// <summary>Something that goes wrong with a set of nodes and their store.</summary>
internal abstract class Fault
{
    /// <summary>The store as the table calls it.</summary>
    public abstract string Store { get; }

    /// <summary>What happens, as the table says it.</summary>
    public abstract string What { get; }

    /// <summary>Starts what the nodes keep their sessions in.</summary>
    public abstract StoreServer StartStore();

    /// <summary>Before there is any load.</summary>
    public virtual Task PrepareAsync(NodeSet nodes, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Does it, while the load goes on, and mends it within the time.</summary>
    public abstract Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken);

    /// <summary>Again and again, as long as there is time for the nodes to come back.</summary>
    protected static async Task AgainAsync(TimeSpan time, Func<Task> strike)
    {
        var watch = Stopwatch.StartNew();
        do await strike();
        while (watch.Elapsed < time * 0.7);
    }
}
