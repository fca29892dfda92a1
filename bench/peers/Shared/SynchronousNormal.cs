using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Pawl.Bench.Peers;

/// <summary>
/// Sets <c>PRAGMA synchronous = NORMAL</c> on every SQLite connection. EF Core makes its databases in WAL mode but leaves
/// <c>synchronous</c> at
/// FULL, one fsync a commit. Pawl commits a rotation with NORMAL; a peer that waited for the disk would lose by its setting, not by its
/// work.
/// </summary>
internal sealed class SynchronousNormal : DbConnectionInterceptor
{
    // Pooled connections are opened again and again, their native handle only once: the statement must not be paid for on every request.
    private readonly ConditionalWeakTable<object, object> done = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set((SqliteConnection)connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Set((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    private void Set(SqliteConnection connection)
    {
        if (!done.TryAdd(connection.Handle!, connection.Handle!))
            return;

        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = NORMAL";
        command.ExecuteNonQuery();
    }
}
