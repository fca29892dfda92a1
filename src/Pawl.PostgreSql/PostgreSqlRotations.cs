using System.Collections.Concurrent;
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
    // Enough to keep a large server busy; with more, there would be less company.
    private const int Lanes = 4;
    private const int LargestGroup = 128;

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

    public ValueTask<Session?> RunAsync(SessionMove move, CancellationToken cancellationToken)
    {
        if (TryTakeLane())
            return RunAloneAsync(move, cancellationToken);
        var rotation = new Rotation(move);
        _waiting.Enqueue(rotation);
        // The last lane may have become free in between, and would not look again.
        if (TryTakeLane())
            _ = RunWaitingAsync();
        return new(rotation.Task);
    }

    // Counts no further than there are lanes, not even for a moment: whoever frees one just then would take all for taken, and leave those who wait.
    private bool TryTakeLane()
    {
        while (Interlocked.CompareExchange(ref _lanes, 0, 0) is var taken && taken < Lanes)
        {
            if (Interlocked.CompareExchange(ref _lanes, taken + 1, taken) == taken)
                return true;
        }
        return false;
    }

    private async ValueTask<Session?> RunAloneAsync(SessionMove move, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(move, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _lanes);
            if (!_waiting.IsEmpty && TryTakeLane())
                _ = RunWaitingAsync();
        }
    }

    private async Task RunWaitingAsync()
    {
        do
        {
            var group = new List<Rotation>();
            while (group.Count < LargestGroup && _waiting.TryDequeue(out var rotation))
                group.Add(rotation);
            await RunTogetherAsync(group);
            Interlocked.Decrement(ref _lanes);
        }
        while (!_waiting.IsEmpty && TryTakeLane());
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
        catch (Exception e)
        {
            group.ForEach(rotation => rotation.TrySetException(e));
            return;
        }
        // Whoever is left has lost a race, or was left out: only asking alone tells. That may take until another lets go of the row, and no lane waits for it.
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
