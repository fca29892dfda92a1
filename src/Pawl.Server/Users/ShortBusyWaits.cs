using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Pawl.Server;

/// <summary>
/// Lets SQLite itself wait for the write lock, which it retries within milliseconds. The driver would sleep 150 ms at a time and lose its
/// turn to rotations.
/// </summary>
internal sealed class ShortBusyWaits : DbConnectionInterceptor
{
    private const string Pragma = "PRAGMA busy_timeout = 5000";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
