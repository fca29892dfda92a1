namespace Pawl.Faults.Tests;

/// <summary>The operator restarts the store, as after an upgrade.</summary>
internal sealed class StoreRestarted(Func<StoreServer> start, string store) : Fault
{
    public override string Store => store;

    public override string What => $"{store} is restarted, again and again";

    public override StoreServer StartStore() => start();

    public override Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken) =>
        AgainAsync(time, async () =>
        {
            nodes.Store.Stop();
            await Task.Delay(500, cancellationToken);
            nodes.Store.Start();
            await Task.Delay(3_000, cancellationToken);
        });
}
