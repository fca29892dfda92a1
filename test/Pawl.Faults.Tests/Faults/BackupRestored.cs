namespace Pawl.Faults.Tests;

/// <summary>A backup that was made earlier takes the server's place. The nodes stay up.</summary>
internal sealed class BackupRestored : PostgreSqlFault
{
    public override string What => "a backup that is some seconds old is restored";

    public override async Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken)
    {
        loss.Begin();
        var backup = nodes.Own(new PostgreSqlServer(await Task.Run(Server(nodes).Process.BackUp, cancellationToken)));
        await Task.Delay(time / 3, cancellationToken);
        nodes.Store.Kill();
        backup.Start();
        nodes.LeadTo(backup);
        loss.End();
        await Task.Delay(time / 3, cancellationToken);
    }
}
