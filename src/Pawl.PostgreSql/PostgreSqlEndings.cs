using System.Collections.Concurrent;
using System.Data;
using Npgsql;
using static Pawl.PostgreSql.PostgreSqlDatabase;
using static Pawl.PostgreSql.PostgreSqlValues;

namespace Pawl.PostgreSql;

/// <summary>Ends sessions, and keeps the feed that tells other nodes.</summary>
internal sealed class PostgreSqlEndings(PostgreSqlDatabase database) : IDisposable
{
    // Behind a pooler LISTEN does not work, so the feed is polled. A poll reads the end of an index.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    // Connections that listen and that no caller uses at the moment.
    private readonly ConcurrentBag<NpgsqlConnection> _listening = [];

    /// <summary>
    /// Ends all sessions that a condition holds for and that have not ended yet, and returns their ids. The feed's row is locked first and
    /// until the commit. So no position becomes visible before a lower one, and two callers that end the same sessions cannot deadlock.
    /// The lock costs nothing more: PostgreSQL also serializes commits that notify. Positions follow the clock, so they go on upwards when
    /// a backup or a standby that is behind takes over. The feed's row is read as a scalar: the planner does not know that the table has
    /// one row, and with a join it would compile the statement each time.
    /// </summary>
    public ValueTask<List<SessionId>> EndAsync(
        string condition,
        SessionEnd ending,
        CancellationToken cancellationToken,
        params ReadOnlySpan<NpgsqlParameter> values
    ) =>
        database.QueryAsync(
            database.Command(
                $"""
                WITH turn AS (
                    UPDATE pawl_feed
                    SET last_position = greatest(last_position, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
                        + (SELECT count(*) FROM pawl_sessions WHERE {condition} AND ended_at IS NULL)
                    RETURNING last_position
                ), ended AS (
                    UPDATE pawl_sessions SET ended_at = $1, end_reason = $2, properties_version = NULL, properties = NULL
                    WHERE (SELECT last_position FROM turn) IS NOT NULL AND {condition} AND ended_at IS NULL
                    RETURNING id
                ), entered AS (
                    INSERT INTO pawl_endings (position, session_id, ended_at, end_reason)
                    SELECT (SELECT last_position FROM turn) + 1 - row_number() OVER (), id, $1, $2 FROM ended
                )
                SELECT id, pg_notify('pawl_endings', ''), {Durable} FROM ended
                """,
                [Value(ending.At), Value((short)ending.Reason), .. values]
            ),
            static row => row.ReadId(0),
            cancellationToken
        );

    /// <summary>
    /// Ends a session, or enters an ended one where the store has none. True if this call did. The feed's row is updated first, as in
    /// <see cref="EndAsync"/>: of two concurrent calls the second sees the result of the first.
    /// </summary>
    public ValueTask<bool> EnterAsync(SessionId id, SessionEnd end, CancellationToken cancellationToken) =>
        database.DoesAsync(
            database.Command(
                $$"""
                WITH turn AS (
                    UPDATE pawl_feed SET last_position = greatest(last_position, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) + 1
                    RETURNING last_position
                ), ended AS (
                    INSERT INTO pawl_sessions AS s ({{PostgreSqlSessionStore.Columns}})
                    SELECT $3, '', 0, 0, $1, $1, $1, 0, false, NULL, '{}'::bytea, NULL, $1, $2, NULL, NULL, NULL
                    WHERE (SELECT last_position FROM turn) IS NOT NULL
                    ON CONFLICT (id) DO UPDATE
                        SET ended_at = $1, end_reason = $2, properties_version = NULL, properties = NULL WHERE s.ended_at IS NULL
                    RETURNING s.id
                ), entered AS (
                    INSERT INTO pawl_endings (position, session_id, ended_at, end_reason)
                    SELECT (SELECT last_position FROM turn), id, $1, $2 FROM ended
                )
                SELECT pg_notify('pawl_endings', ''), {{Durable}} FROM ended
                """,
                Value(end.At),
                Value((short)end.Reason),
                Value(id)
            ),
            cancellationToken
        );

    public async ValueTask<IReadOnlyList<SessionEnding>> ReadAsync(long after, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            database.Command(
                "SELECT position, session_id, ended_at, end_reason FROM pawl_endings WHERE position > $1 ORDER BY position LIMIT $2",
                Value(after),
                Value(limit)
            ),
            static row => new SessionEnding(row.GetInt64(0), row.ReadId(1), new((SessionEndReason)row.GetInt16(3), row.ReadTime(2))),
            cancellationToken
        );

    public async ValueTask WaitAsync(long after, CancellationToken cancellationToken)
    {
        if (!database.IsBehindPooler)
        {
            await ListenAsync(after, cancellationToken);
            return;
        }
        while ((await ReadAsync(after, 1, cancellationToken)).Count == 0)
            await Task.Delay(PollInterval, cancellationToken);
    }

    private async Task ListenAsync(long after, CancellationToken cancellationToken)
    {
        var connection = await TakeConnectionAsync(cancellationToken);
        try
        {
            await using (var listen = new NpgsqlCommand("LISTEN pawl_endings", connection))
                await listen.ExecuteNonQueryAsync(cancellationToken);
            // LISTEN does not tell of earlier commits, so the feed is read once.
            if ((await ReadAsync(after, 1, cancellationToken)).Count == 0)
                await connection.WaitAsync(cancellationToken);
            _listening.Add(connection);
        }
        catch (Exception e)
        {
            // Npgsql has no fault of its own for a connection that turns out to have broken before it was used.
            var hasBroken = IsFault(e) || (e is InvalidOperationException && connection.State is not ConnectionState.Open);
            await connection.DisposeAsync();
            if (hasBroken)
                throw database.Unavailable(e);
            throw;
        }
    }

    private async ValueTask<NpgsqlConnection> TakeConnectionAsync(CancellationToken cancellationToken)
    {
        while (_listening.TryTake(out var connection))
        {
            if (connection.State is ConnectionState.Open)
                return connection;
            await connection.DisposeAsync();
        }
        return await database.OpenAsync(cancellationToken);
    }

    public void Dispose()
    {
        while (_listening.TryTake(out var connection))
            connection.Dispose();
    }
}
