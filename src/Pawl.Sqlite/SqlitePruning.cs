namespace Pawl.Sqlite;

/// <summary>
/// Removes sessions that have expired, ended or not been used for long, and old endings. Each step writes for a few milliseconds, and other
/// writes run before the next one.
/// </summary>
internal sealed class SqlitePruning(SqliteDatabase database)
{
    private const int RowsOfStep = 100;
    private static readonly TimeSpan StepInterval = TimeSpan.FromMilliseconds(10);

    /// <param name="expiredBefore">In milliseconds since 1970, as below.</param>
    /// <param name="unusedSince">The last use that still counts.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public async ValueTask<int> RunAsync(long expiredBefore, long unusedSince, CancellationToken cancellationToken) =>
        await RepeatAsync(expiredBefore, RemoveExpired, cancellationToken)
        + await RepeatAsync(expiredBefore, RemoveEnded, cancellationToken)
        + await RemoveUnusedAsync(unusedSince, cancellationToken);

    private async Task<int> RepeatAsync(
        long before,
        Func<SqliteStatements, long, (int Rows, int Sessions)> remove,
        CancellationToken cancellationToken
    )
    {
        for (var removed = 0; ; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (rows, sessions) = await database.WriteAsync(remove, before, durable: false);
            removed += sessions;
            if (rows < RowsOfStep)
                return removed;
            await Task.Delay(StepInterval, cancellationToken);
        }
    }

    private static (int Rows, int Sessions) RemoveExpired(SqliteStatements statements, long before)
    {
        var rows = statements.Execute(
            $"DELETE FROM pawl_sessions WHERE id IN (SELECT id FROM pawl_sessions WHERE expires_at < $1 LIMIT {RowsOfStep})",
            before
        );
        return (rows, rows);
    }

    private static (int Rows, int Sessions) RemoveEnded(SqliteStatements statements, long before)
    {
        var old = statements.Query(
            static row => (Position: row.GetInt64(0), Id: (byte[])row.GetValue(1)),
            $"SELECT position, session_id FROM pawl_endings WHERE ended_at < $1 ORDER BY position LIMIT {RowsOfStep}",
            before
        );
        var sessions = 0;
        foreach (var (position, id) in old)
        {
            sessions += statements.Execute("DELETE FROM pawl_sessions WHERE id = $1 AND ended_at IS NOT NULL", id);
            statements.Execute("DELETE FROM pawl_endings WHERE position = $1", position);
        }
        return (old.Count, sessions);
    }

    // Each rotation would have to change an index of idle sessions, so there is none. The table is read on a connection for reads.
    private async Task<int> RemoveUnusedAsync(long unusedSince, CancellationToken cancellationToken)
    {
        var removed = 0;
        var after = Array.Empty<byte>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var seen = database.Read(
                static (statements, after) =>
                    statements.Query(
                        static row => (Id: (byte[])row.GetValue(0), LastUsedAt: row.GetInt64(1)),
                        $"SELECT id, last_used_at FROM pawl_sessions WHERE id > $1 ORDER BY id LIMIT {RowsOfStep}",
                        after
                    ),
                after
            );
            var idle = seen.FindAll(row => row.LastUsedAt < unusedSince);
            if (idle.Count > 0)
            {
                removed += await database.WriteAsync(
                    static (statements, a) =>
                        a.idle.Sum(row =>
                            statements.Execute("DELETE FROM pawl_sessions WHERE id = $1 AND last_used_at < $2", row.Id, a.unusedSince)
                        ),
                    (idle, unusedSince),
                    durable: false
                );
                await Task.Delay(StepInterval, cancellationToken);
            }
            if (seen.Count < RowsOfStep)
                return removed;
            after = seen[^1].Id;
        }
    }
}
