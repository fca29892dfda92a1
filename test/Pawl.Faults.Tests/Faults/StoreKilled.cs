namespace Pawl.Faults.Tests;

/// <summary>The store dies with everything that it had not written, such as rotations that nobody waited for.</summary>
internal sealed class StoreKilled(Func<StoreServer> start, string store) : Fault
{
    public override string Store => store;

    public override string What => $"`kill -9` of {store}, again and again";

    public override StoreServer StartStore() => start();

    public override Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken) =>
        AgainAsync(time, async () =>
        {
            nodes.Store.Kill();
            await Task.Delay(300, cancellationToken);
            nodes.Store.Start();
            await Task.Delay(3_000, cancellationToken);
        });
}
