namespace Pawl.Faults.Tests;

/// <summary>Nothing gets through between nodes and store, and no connection breaks: everybody waits.</summary>
internal sealed class NetworkCut(Func<StoreServer> start, string store, int cut) : Fault
{
    public override string Store => store;

    public bool IsOfAll => cut > 1;

    public override string What =>
        $"the network between {(!IsOfAll ? "one node" : "all nodes")} and {store} is cut for a third of the time, without a word to "
        + "either side";

    public override StoreServer StartStore() => start();

    public override async Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken)
    {
        foreach (var node in nodes.Nodes.Take(cut))
            node.Wire.Cut();
        await Task.Delay(time / 3, cancellationToken);
        foreach (var node in nodes.Nodes.Take(cut))
            node.Wire.Mend();
        await Task.Delay(time / 3, cancellationToken);
    }
}
