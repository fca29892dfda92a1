using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using static Pawl.PostgreSql.PostgreSqlDatabase;
using static Pawl.PostgreSql.PostgreSqlValues;

namespace Pawl.PostgreSql;

/// <summary>
/// Rotations. Who finds a lane free goes at once; what arrives while all are taken goes together, in one statement and one commit, as soon as one is free. So nobody
/// waits for company, and a database that has much to do has less of it for each.
/// </summary>
internal sealed class PostgreSqlRotations(PostgreSqlDatabase database)
{
    // One that the database is at work on, and one on its way. With more there would be less company.
    private const int Lanes = 2;
    private const int LargestGroup = 128;

    // A statement that takes longer waits for something: a row that another holds, a distant network, a disk. The next ones do not wait with it.
    private const int LanesOverall = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    private const string Alone = $"""
        UPDATE pawl_sessions SET head_generation = $1, head_token = $2, last_used_at = $3
        WHERE id = $4 AND head_token = $5 AND ended_at IS NULL AND expires_at > $3 AND last_used_at > $6
        RETURNING {PostgreSqlSessionStore.Columns}, {NotDurable}
        """;

    // What somebody else holds is left out: a group that waited for one of its rows would hold all others up, and two such groups each other.
    private const string Together = $"""
        WITH asked AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS a (to_generation, to_token, at, session_id, from_token, used_since, place)
        ), free AS MATERIALIZED (
            SELECT s.id AS free_id, a.* FROM asked a JOIN pawl_sessions s ON s.id = session_id
            WHERE head_token = from_token AND ended_at IS NULL AND expires_at > at AND last_used_at > used_since
            FOR NO KEY UPDATE OF s SKIP LOCKED
        )
        UPDATE pawl_sessions SET head_generation = to_generation, head_token = to_token, last_used_at = at FROM free WHERE id = free_id
        RETURNING {PostgreSqlSessionStore.Columns}, place, {NotDurable}
        """;

    private readonly ConcurrentQueue<Rotation> _waiting = new();
    private int _lanes;
    private long _taken;
    private int _looksAgain;

    public ValueTask<Session?> RunAsync(SessionMove move, CancellationToken cancellationToken)
    {
        if (ThreadPool.PendingWorkItemCount == 0 && TryTakeLane())
            return RunAloneAsync(move, cancellationToken);
        var rotation = new Rotation(move);
        _waiting.Enqueue(rotation);
        RunWaiting();
        return new(rotation.Task);
    }

    // Requests that wait for a thread may want to rotate, too: behind them in the pool's queue, one statement does for all. To be called after every change that could
    // leave somebody waiting: who joins the queue may find the lane taken by one that has just looked at it.
    private void RunWaiting()
    {
        if (_waiting.IsEmpty)
            return;
        if (TryTakeLane())
            ThreadPool.UnsafeQueueUserWorkItem(static rotations => _ = rotations.RunGroupAsync(), this, preferLocal: false);
        else if (Interlocked.Exchange(ref _looksAgain, 1) == 0)
            _ = LookAgainAsync();
    }

    // Those who have the lanes may be stuck, and nobody else may come.
    private async Task LookAgainAsync()
    {
        await Task.Delay(Patience);
        Interlocked.Exchange(ref _looksAgain, 0);
        RunWaiting();
    }

    // Counts no further than there are lanes, not even for a moment: whoever frees one just then would take all for taken, and leave those who wait.
    private bool TryTakeLane()
    {
        while (Interlocked.CompareExchange(ref _lanes, 0, 0) is var taken
            && (taken < Lanes || (taken < LanesOverall && Stopwatch.GetElapsedTime(Interlocked.Read(ref _taken)) > Patience)))
        {
            if (Interlocked.CompareExchange(ref _lanes, taken + 1, taken) != taken)
                continue;
            Interlocked.Exchange(ref _taken, Stopwatch.GetTimestamp());
            return true;
        }
        return false;
    }

    private void FreeLane()
    {
        Interlocked.Decrement(ref _lanes);
        RunWaiting();
    }

    private async ValueTask<Session?> RunAloneAsync(SessionMove move, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(move, cancellationToken);
        }
        finally
        {
            FreeLane();
        }
    }

    private async Task RunGroupAsync()
    {
        var group = new List<Rotation>();
        while (group.Count < LargestGroup && _waiting.TryDequeue(out var rotation))
            group.Add(rotation);
        await RunTogetherAsync(group);
        FreeLane();
    }

    private async Task RunTogetherAsync(List<Rotation> group)
    {
        if (group.Count < 2)
        {
            await Task.WhenAll(group.Select(FinishAsync));
            return;
        }
        try
        {
            foreach (var (place, session) in await database.QueryAsync(Command(group), static row => ((int)row.GetInt64(14) - 1, PostgreSqlSessionStore.ReadSession(row)), CancellationToken.None))
                group[place].SetResult(session);
        }
        catch (Exception e) when (!PostgreSqlServer.MayBeOfOneRow(e))
        {
            group.ForEach(rotation => rotation.TrySetException(e));
            return;
        }
        catch (Exception)
        {
            // One row may have made the whole statement fail: each rotation that runs alone fails for itself or not at all.
        }
        // A rotation that is left has lost a race, was skipped, or shared its statement with a faulty row. Running it alone tells which.
        // That may wait for a locked row, so it takes no lane.
        foreach (var rotation in group.Where(static r => !r.Task.IsCompleted))
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
        database.QuerySingleAsync(database.Command(
            Alone,
            Value(Generation(move)), Value(Token(move.To)), Value(move.At), Value(move.Id), Value(Token(move.From)), Value(move.UsedSince)),
            PostgreSqlSessionStore.ReadSession, cancellationToken)!;

    private NpgsqlCommand Command(List<Rotation> group) => database.Command(
        Together,
        Values(group, NpgsqlDbType.Integer, static m => Generation(m)), Values(group, NpgsqlDbType.Bigint, static m => Token(m.To)),
        Values(group, NpgsqlDbType.TimestampTz, static m => Time(m.At)), Values(group, NpgsqlDbType.Uuid, static m => Id(m.Id)),
        Values(group, NpgsqlDbType.Bigint, static m => Token(m.From)), Values(group, NpgsqlDbType.TimestampTz, static m => Time(m.UsedSince)));

    private static NpgsqlParameter<T[]> Values<T>(List<Rotation> group, NpgsqlDbType type, Func<SessionMove, T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. group.Select(rotation => value(rotation.Move))] };

    private static int Generation(SessionMove move) => unchecked((int)move.To.Generation);

    private static long Token(SessionHead head) => unchecked((long)head.TokenId);

    // What follows are requests being answered, which must not run in the lane.
    private sealed class Rotation(SessionMove move) : TaskCompletionSource<Session?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public SessionMove Move => move;
    }
}
