using Npgsql;
using Pawl.Stores.Tests;

namespace Pawl.Faults.Tests;

/// <summary>
/// The disk that the database is on is full, until somebody makes room and, where it has given up by then, starts it again.
/// </summary>
internal sealed class DiskFull : PostgreSqlFault
{
    public override string What => "PostgreSQL's disk is full for a third of the time";

    public override StoreServer StartStore() => new PostgreSqlServer(PostgreSqlProcess.On(SmallDisk.Mount("256m")));

    public override async Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken)
    {
        var server = Server(nodes).Process;
        var filler = server.FillDisk();
        // Or it would go on for a while with what it has set aside for its log.
        await Task.Run(
            () =>
                Assert.ThrowsAny<NpgsqlException>(() =>
                {
                    for (var i = 0; i < 500; i++)
                        server.Execute("SELECT pg_logical_emit_message(false, 'pawl', repeat('x', 1000000))");
                }),
            cancellationToken
        );
        await Task.Delay(time / 3, cancellationToken);
        File.Delete(filler);
        if (server.HasExited)
            server.Start();
        await Task.Delay(time / 3, cancellationToken);
    }
}
