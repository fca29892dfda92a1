namespace Pawl.Faults.Tests;

/// <summary>The store is not there for a while.</summary>
internal sealed class StoreAway(Func<StoreServer> start, string store) : Fault
{
    public override string Store => store;

    public override string What => $"{store} is stopped for a third of the time";

    public override StoreServer StartStore() => start();

    public override async Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken)
    {
        nodes.Store.Stop();
        await Task.Delay(time / 3, cancellationToken);
        nodes.Store.Start();
        await Task.Delay(time / 3, cancellationToken);
    }
}
