using Npgsql;
using NpgsqlTypes;
using static Pawl.PostgreSql.PostgreSqlDatabase;
using static Pawl.PostgreSql.PostgreSqlValues;

namespace Pawl.PostgreSql;

/// <summary>
/// Removes sessions that have expired, ended or not been used for long, and old endings. One node prunes at a time. The table is read page
/// by page: each rotation would have to change an index of idle sessions. A locked row is left for the next time, so pruning never waits.
/// </summary>
internal sealed class PostgreSqlPruning(PostgreSqlDatabase database)
{
    // A step reads 1 MiB.
    private const long PagesOfStep = 128;

    private const string Turn = "WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1) AS mine)";

    public async ValueTask<int> RunAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var removed = 0;
        var pages = await database.QuerySingleAsync(
            database.Command("SELECT pg_relation_size('pawl_sessions') / current_setting('block_size')::bigint"),
            static row => row.GetInt64(0),
            cancellationToken
        );
        for (long page = 0; page < pages; page += PagesOfStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = await StepAsync(
                $"""
                {Turn}, dead AS MATERIALIZED (
                    SELECT s.ctid FROM turn, pawl_sessions s
                    WHERE mine AND s.ctid >= $4 AND s.ctid < $5 AND (expires_at < $2 OR ended_at < $2 OR last_used_at < $3)
                    FOR UPDATE OF s SKIP LOCKED
                ), gone AS (
                    DELETE FROM pawl_sessions WHERE ctid = ANY (ARRAY(SELECT ctid FROM dead)) RETURNING 1
                )
                SELECT mine, (SELECT count(*) FROM gone), {NotDurable} FROM turn
                """,
                cancellationToken,
                Value(expiredBefore),
                Value(unusedSince),
                Page(page),
                Page(page + PagesOfStep)
            );
            // Another node is pruning.
            if (step is null)
                return removed;
            removed += step.Value;
        }
        await StepAsync(
            $"""
            {Turn}, gone AS (DELETE FROM pawl_endings USING turn WHERE mine AND ended_at < $2)
            SELECT mine, 0::bigint, {NotDurable} FROM turn
            """,
            cancellationToken,
            Value(expiredBefore)
        );
        return removed;
    }

    private async Task<int?> StepAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] values)
    {
        var (mine, count) = await database.QuerySingleAsync(
            database.Command(sql, [Value(PostgreSqlSchema.PruningLock), .. values]),
            static row => (row.GetBoolean(0), row.GetInt64(1)),
            cancellationToken
        );
        return mine ? (int)count : null;
    }

    private static NpgsqlParameter<NpgsqlTid> Page(long page) => new() { NpgsqlDbType = NpgsqlDbType.Tid, TypedValue = new((uint)page, 0) };
}
