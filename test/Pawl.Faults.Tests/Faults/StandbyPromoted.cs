namespace Pawl.Faults.Tests;

/// <summary>
/// The primary dies, and its standby takes over. An asynchronous one has not heard from it for a while, so what happened meanwhile is
/// gone; one that endings wait for has them all.
/// </summary>
internal sealed class StandbyPromoted(bool isSynchronous) : PostgreSqlFault
{
    private Wire? _wire;
    private PostgreSqlServer? _standby;

    public override string What =>
        isSynchronous
            ? "`kill -9` of the primary, and a standby that commits wait for takes over"
            : "a standby that has not heard from the primary for a while takes over";

    public override async Task PrepareAsync(NodeSet nodes, CancellationToken cancellationToken)
    {
        var primary = Server(nodes).Process;
        _wire = nodes.Own(new Wire(primary.Port));
        _standby = nodes.Own(new PostgreSqlServer(await Task.Run(() => primary.MakeStandby(_wire.Port), cancellationToken)));
        _standby.Start();
        if (!isSynchronous)
            return;
        primary.Execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.Execute("SELECT pg_reload_conf()");
    }

    public override async Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken)
    {
        if (!isSynchronous)
        {
            loss.Begin();
            // What was committed a moment ago may be on its way.
            await Task.Delay(500, cancellationToken);
            _wire!.Cut();
        }
        await Task.Delay(time / 3, cancellationToken);
        nodes.Store.Kill();
        _wire!.Dispose();
        // A standby that was synchronous waits for nobody in its turn.
        _standby!.Process.Execute("ALTER SYSTEM SET synchronous_standby_names = ''");
        _standby.Process.Execute("SELECT pg_promote()");
        nodes.LeadTo(_standby);
        if (!isSynchronous)
            loss.End();
        await Task.Delay(time / 3, cancellationToken);
    }
}
