using Npgsql;
using NpgsqlTypes;
using static Pawl.PostgreSql.PostgreSqlDatabase;
using static Pawl.PostgreSql.PostgreSqlValues;

namespace Pawl.PostgreSql;

/// <summary>
/// Rotations. A rotation runs at once if a worker is free. Rotations that arrive while all workers are busy are batched into one
/// statement and one commit.
/// </summary>
internal sealed class PostgreSqlRotations
{
    // Two statements in flight: one executing, one on the network. More would make the batches smaller.
    private const int Workers = 2;
    private const int MaxBatch = 128;

    // A statement that takes longer than the timeout waits for a locked row, a distant network or a disk. Other workers then take over.
    private const int MaxWorkers = 16;
    private static readonly TimeSpan StuckTimeout = TimeSpan.FromMilliseconds(5);

    private const string Moved = """
        UPDATE pawl_sessions SET head_generation = $1, head_token = $2, last_used_at = $3
        WHERE id = $4 AND head_token = $5 AND ended_at IS NULL AND expires_at > $3 AND last_used_at > $6
        """;

    private const string Returning = $"RETURNING {PostgreSqlSessionStore.Columns}, {NotDurable}";
    private const string Alone = $"{Moved} {Returning}";
    private const string AloneUnbound = $"{Moved} AND device_key IS NULL {Returning}";

    // Locked rows are skipped. A batch that waited for one of its rows would delay all others, and two such batches could deadlock.
    // Sessions with a device key are few. They are skipped, too, and run alone, so that no statement has a parameter for them.
    private const string Together = $"""
        WITH asked AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY
                AS a (to_generation, to_token, at, session_id, from_token, used_since, place)
        ), free AS MATERIALIZED (
            SELECT s.id AS free_id, a.* FROM asked a JOIN pawl_sessions s ON s.id = session_id
            WHERE head_token = from_token AND ended_at IS NULL AND expires_at > at AND last_used_at > used_since AND device_key IS NULL
            FOR NO KEY UPDATE OF s SKIP LOCKED
        )
        UPDATE pawl_sessions SET head_generation = to_generation, head_token = to_token, last_used_at = at FROM free WHERE id = free_id
        RETURNING {PostgreSqlSessionStore.Columns}, place, {NotDurable}
        """;

    private readonly PostgreSqlDatabase _database;
    private readonly BatchQueue<Rotation> _queue;

    public PostgreSqlRotations(PostgreSqlDatabase database, TimeProvider clock)
    {
        _database = database;
        // A worker starts behind the requests that wait for a pool thread. They may want to rotate, too, and then share its statement.
        _queue = new(
            () => ThreadPool.UnsafeQueueUserWorkItem(static rotations => _ = rotations.RunWaitingAsync(), this, preferLocal: false),
            Workers,
            MaxWorkers,
            StuckTimeout,
            clock
        );
    }

    public ValueTask<Session?> RunAsync(SessionMove move, CancellationToken cancellationToken)
    {
        if (ThreadPool.PendingWorkItemCount == 0 && _queue.TryEnter())
            return RunAtOnceAsync(move, cancellationToken);
        var rotation = new Rotation(move);
        _queue.Enqueue(rotation);
        return new(rotation.Task);
    }

    private async ValueTask<Session?> RunAtOnceAsync(SessionMove move, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(move, cancellationToken);
        }
        finally
        {
            _queue.Leave();
        }
    }

    private async Task RunWaitingAsync()
    {
        try
        {
            var batch = new List<Rotation>();
            _queue.Take(batch, MaxBatch);
            await RunTogetherAsync(batch);
        }
        finally
        {
            _queue.Leave();
        }
    }

    private async Task RunTogetherAsync(List<Rotation> batch)
    {
        if (batch.Count < 2)
        {
            await Task.WhenAll(batch.Select(FinishAsync));
            return;
        }
        try
        {
            var moved = await _database.QueryAsync(
                Command(batch),
                static row => ((int)row.GetInt64(PostgreSqlSessionStore.ColumnCount) - 1, PostgreSqlSessionStore.ReadSession(row)),
                CancellationToken.None
            );
            foreach (var (place, session) in moved)
                batch[place].SetResult(session);
        }
        catch (Exception e) when (!PostgreSqlServer.MayBeOfOneRow(e))
        {
            batch.ForEach(rotation => rotation.TrySetException(e));
            return;
        }
        catch (Exception)
        {
            // One row may have made the whole statement fail: each rotation that runs alone fails for itself or not at all.
        }
        // A rotation that is left has lost a race, was skipped, is of a bound session, or shared its statement with a faulty row. Running
        // it alone tells which. That may wait for a locked row, so no worker waits for it.
        foreach (var rotation in batch.Where(static r => !r.Task.IsCompleted))
            _ = FinishAsync(rotation);
    }

    private async Task FinishAsync(Rotation rotation)
    {
        try
        {
            rotation.SetResult(await AskAsync(rotation.Move, CancellationToken.None));
        }
        catch (Exception e)
        {
            rotation.SetException(e);
        }
    }

    private ValueTask<Session?> AskAsync(SessionMove move, CancellationToken cancellationToken) =>
        _database.QuerySingleAsync(
            _database.Command(
                move.HasDeviceProof ? Alone : AloneUnbound,
                Value(Generation(move)),
                Value(Token(move.To)),
                Value(move.At),
                Value(move.Id),
                Value(Token(move.From)),
                Value(move.UsedSince)
            ),
            PostgreSqlSessionStore.ReadSession,
            cancellationToken
        )!;

    private NpgsqlCommand Command(List<Rotation> batch) =>
        _database.Command(
            Together,
            Values(batch, NpgsqlDbType.Integer, static m => Generation(m)),
            Values(batch, NpgsqlDbType.Bigint, static m => Token(m.To)),
            Values(batch, NpgsqlDbType.TimestampTz, static m => Time(m.At)),
            Values(batch, NpgsqlDbType.Uuid, static m => Id(m.Id)),
            Values(batch, NpgsqlDbType.Bigint, static m => Token(m.From)),
            Values(batch, NpgsqlDbType.TimestampTz, static m => Time(m.UsedSince))
        );

    private static NpgsqlParameter<T[]> Values<T>(List<Rotation> batch, NpgsqlDbType type, Func<SessionMove, T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. batch.Select(rotation => value(rotation.Move))] };

    private static int Generation(SessionMove move) => unchecked((int)move.To.Generation);

    private static long Token(SessionHead head) => unchecked((long)head.TokenId);

    // A continuation resumes a request, which must not run on the worker's thread.
    private sealed class Rotation(SessionMove move) : TaskCompletionSource<Session?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public SessionMove Move => move;
    }
}
