namespace Pawl.Faults.Tests;

/// <summary>
/// The power of a Redis goes that writes to its disk once a second, and with it the last second: rotations are recovered, endings made
/// again by the nodes that made them, and sign-ins gone.
/// </summary>
internal sealed class LastSecondLost : Fault
{
    public override string Store => "Redis";

    public override string What => "the power goes, and the last second with it (`appendfsync everysec`), again and again";

    public override StoreServer StartStore() => new RedisServer("everysec");

    public override async Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken)
    {
        var server = ((RedisServer)nodes.Store).Process;
        await AgainAsync(time, async () =>
        {
            loss.Begin();
            // While a flush is under way Redis keeps back what it has to write, for two seconds at most: what is in its log now is at least
            // all from before.
            await Task.Delay(2_000, cancellationToken);
            var onDisk = server.LogSize;
            await Task.Delay(1_000, cancellationToken);
            server.Kill();
            loss.End();
            server.CutLog(onDisk);
            server.Start();
            await Task.Delay(4_000, cancellationToken);
        });
        loss.SetMadeGood();
    }
}
