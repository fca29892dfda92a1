namespace Pawl.Faults.Tests;

/// <summary>A node dies in the middle of what it is doing, and is started again; then the next one.</summary>
internal sealed class KilledNode(Func<StoreServer> start, string store) : Fault
{
    public override string Store => store;

    public override string What => "`kill -9` of a node, one after the other";

    public override StoreServer StartStore() => start();

    public override async Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken)
    {
        var turn = 0;
        await AgainAsync(time, async () =>
        {
            var node = nodes.Nodes[turn++ % nodes.Nodes.Count];
            node.Kill();
            await Task.Delay(1_000, cancellationToken);
            await node.StartAsync(cancellationToken);
            await Task.Delay(1_500, cancellationToken);
        });
    }
}
