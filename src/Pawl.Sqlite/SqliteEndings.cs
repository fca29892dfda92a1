using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using static Pawl.Sqlite.SqliteSessionRow;

namespace Pawl.Sqlite;

/// <summary>Ends sessions, and keeps the feed from which other processes learn of each ending.</summary>
internal sealed class SqliteEndings(SqliteDatabase database) : IDisposable
{
    // How often the feed is checked for endings of other processes. A check is one pragma, which reads one integer of shared memory.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // One step writes for some milliseconds.
    private const int SessionsOfStep = 500;

    private readonly SemaphoreSlim _endingStep = new(1);

    public ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        database.WriteAsync(static (statements, a) => End(statements, a.id, a.ending), (id, ending), durable: true);

    public ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        database.WriteAsync(static (statements, a) => EnterEnd(statements, a.id, a.ending), (id, ending), durable: true);

    public async IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject,
        SessionId? except,
        SessionEnd ending,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        SessionText.ThrowIfNotKept(subject);
        var ids = database.Read(
            static (statements, subject) =>
                statements.Query(
                    static row => ReadId(row, 0),
                    "SELECT id FROM pawl_sessions WHERE subject = $1 AND ended_at IS NULL",
                    subject
                ),
            subject
        );
        ids.RemoveAll(id => id == except);
        foreach (var step in ids.Chunk(SessionsOfStep))
            yield return await EndStepAsync(step, ending, cancellationToken);
    }

    // Other writes run between two steps. Callers take turns: the steps of several would be batched into one long transaction.
    private async Task<IReadOnlyList<SessionId>> EndStepAsync(SessionId[] step, SessionEnd ending, CancellationToken cancellationToken)
    {
        await _endingStep.WaitAsync(cancellationToken);
        try
        {
            return await database.WriteAsync(
                static (statements, a) => Array.FindAll(a.step, id => End(statements, id, a.ending)),
                (step, ending),
                durable: true
            );
        }
        finally
        {
            _endingStep.Release();
        }
    }

    public ValueTask<IReadOnlyList<SessionEnding>> ReadAsync(long after, int limit, CancellationToken cancellationToken) =>
        new(
            database.Read(
                static (statements, a) =>
                    statements.Query(
                        static row => new SessionEnding(
                            row.GetInt64(0),
                            ReadId(row, 1),
                            new((SessionEndReason)row.GetInt32(3), ReadTime(row, 2))
                        ),
                        """
                        SELECT position, session_id, ended_at, end_reason FROM pawl_endings
                        WHERE position > $1 ORDER BY position LIMIT $2
                        """,
                        a.after,
                        (long)a.limit
                    ),
                (after, limit)
            )
        );

    public async ValueTask WaitAsync(long after, CancellationToken cancellationToken)
    {
        try
        {
            // The version a connection sees changes whenever another connection, in this process or another, has committed.
            using var connection = database.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA data_version";
            var version = (long)command.ExecuteScalar()!;
            // The version does not tell of earlier commits, so the feed is read once.
            if ((await ReadAsync(after, 1, cancellationToken)).Count > 0)
                return;
            do await Task.Delay(PollInterval, cancellationToken);
            while ((long)command.ExecuteScalar()! == version);
        }
        catch (SqliteException e)
        {
            throw database.Unavailable(e);
        }
    }

    private static bool End(SqliteStatements statements, SessionId id, SessionEnd ending)
    {
        var bytes = id.ToByteArray();
        var (at, reason) = (ToInteger(ending.At), (long)ending.Reason);
        var rows = statements.Execute(
            "UPDATE pawl_sessions SET ended_at = $1, end_reason = $2 WHERE id = $3 AND ended_at IS NULL",
            at,
            reason,
            bytes
        );
        if (rows == 0)
            return false;
        EnterInFeed(statements, bytes, at, reason);
        return true;
    }

    private static bool EnterEnd(SqliteStatements statements, SessionId id, SessionEnd end)
    {
        var bytes = id.ToByteArray();
        var (at, reason) = (ToInteger(end.At), (long)end.Reason);
        if (
            statements.Execute(
                $"""
                INSERT INTO pawl_sessions ({Columns}) VALUES ($1, '', 0, 0, $2, $2, $2, 0, 0, NULL, $3, NULL, $2, $4, NULL, NULL, NULL)
                ON CONFLICT (id) DO UPDATE SET ended_at = $2, end_reason = $4 WHERE ended_at IS NULL
                """,
                bytes,
                at,
                "{}"u8.ToArray(),
                reason
            ) == 0
        )
            return false;
        EnterInFeed(statements, bytes, at, reason);
        return true;
    }

    private static void EnterInFeed(SqliteStatements statements, byte[] id, long at, long reason) =>
        statements.Execute("INSERT INTO pawl_endings (session_id, ended_at, end_reason) VALUES ($1, $2, $3)", id, at, reason);

    public void Dispose() => _endingStep.Dispose();
}
