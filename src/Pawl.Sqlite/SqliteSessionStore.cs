using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Pawl.Sqlite;

/// <summary>Sessions in one SQLite file, shared by any number of processes on one machine.</summary>
internal sealed class SqliteSessionStore(SqliteDatabase database) : ISessionStore, IDisposable
{
    private const string Columns =
        "id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, "
        + "device, claims, security_stamp, ended_at, end_reason";

    // How often the feed is checked for endings of other processes. A check is one pragma, which reads one integer of shared memory.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // One step writes for some milliseconds.
    private const int SessionsOfStep = 500;

    private readonly SqlitePruning _pruning = new(database);
    private readonly SemaphoreSlim _endingStep = new(1);

    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        database.Initialize();
        return ValueTask.CompletedTask;
    }

    public async ValueTask CreateAsync(Session session, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(session);
        var isNew = await database.WriteAsync(static (statements, s) => statements.Execute(
            $"""
            INSERT INTO pawl_sessions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL)
            ON CONFLICT DO NOTHING
            """,
            s.Id.ToByteArray(), s.Subject, (long)s.Head.Generation, unchecked((long)s.Head.TokenId),
            ToInteger(s.CreatedAt), ToInteger(s.LastUsedAt), ToInteger(s.ExpiresAt),
            (long)s.Transport, s.IsPersistent ? 1L : 0L, s.Device, s.Claims.ToArray(), s.SecurityStamp) == 1,
            session, durable: true);
        if (!isNew)
            throw new ArgumentException("There is a session of this id already.", nameof(session));
    }

    public ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        new(database.Read(static (statements, id) =>
            statements.QuerySingle(ReadSession, $"SELECT {Columns} FROM pawl_sessions WHERE id = $1", id.ToByteArray()), id));

    public ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken) =>
        database.WriteAsync(static (statements, m) => statements.QuerySingle(ReadSession,
            $"""
            UPDATE pawl_sessions SET head_generation = $1, head_token = $2, last_used_at = $3
            WHERE id = $4 AND head_token = $5 AND ended_at IS NULL AND expires_at > $3 AND last_used_at > $6
            RETURNING {Columns}
            """,
            (long)m.To.Generation, unchecked((long)m.To.TokenId), ToInteger(m.At),
            m.Id.ToByteArray(), unchecked((long)m.From.TokenId), ToInteger(m.UsedSince)),
            move, durable: false);

    public ValueTask<bool> UpdateAsync(
        SessionId id, ReadOnlyMemory<byte>? claims, string? securityStamp, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(securityStamp);
        return database.WriteAsync(static (statements, a) => statements.Execute(
            """
            UPDATE pawl_sessions SET claims = coalesce($1, claims), security_stamp = coalesce($2, security_stamp)
            WHERE id = $3 AND ended_at IS NULL
            """,
            a.claims?.ToArray(), a.securityStamp, a.id.ToByteArray()) == 1, (id, claims, securityStamp), durable: false);
    }

    public ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        database.WriteAsync(static (statements, a) => End(statements, a.id, a.ending), (id, ending), durable: true);

    public ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        database.WriteAsync(static (statements, a) => EnterEnd(statements, a.id, a.ending), (id, ending), durable: true);

    public async IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject, SessionId? except, SessionEnd ending, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(subject);
        var ids = database.Read(static (statements, subject) => statements.Query(
            static row => ReadId(row, 0), "SELECT id FROM pawl_sessions WHERE subject = $1 AND ended_at IS NULL", subject), subject);
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
                static (statements, a) => Array.FindAll(a.step, id => End(statements, id, a.ending)), (step, ending), durable: true);
        }
        finally
        {
            _endingStep.Release();
        }
    }

    public ValueTask<IReadOnlyList<Session>> ListAsync(
        string subject, SessionPosition? after, int limit, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(subject);
        return new(database.Read(static (statements, a) => a.after is { } place
            ? statements.Query(
                ReadSession, List("AND (created_at, id) < ($3, $4)"),
                a.subject, (long)a.limit, ToInteger(place.CreatedAt), place.Id.ToByteArray())
            : statements.Query(ReadSession, List(""), a.subject, (long)a.limit), (subject, after, limit)));
    }

    private static string List(string condition) =>
        $"""
        SELECT {Columns} FROM pawl_sessions WHERE subject = $1 AND ended_at IS NULL {condition}
        ORDER BY created_at DESC, id DESC LIMIT $2
        """;

    public ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken) =>
        new(database.Read(static (statements, a) => statements.Query(
            static row => new SessionEnding(row.GetInt64(0), ReadId(row, 1), new((SessionEndReason)row.GetInt32(3), ReadTime(row, 2))),
            "SELECT position, session_id, ended_at, end_reason FROM pawl_endings WHERE position > $1 ORDER BY position LIMIT $2",
            a.after, (long)a.limit), (after, limit)));

    public async ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken)
    {
        try
        {
            // The version a connection sees changes whenever another connection, in this process or another, has committed.
            using var connection = database.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA data_version";
            var version = (long)command.ExecuteScalar()!;
            // The version does not tell of earlier commits, so the feed is read once.
            if ((await ReadEndingsAsync(after, 1, cancellationToken)).Count > 0)
                return;
            do
                await Task.Delay(PollInterval, cancellationToken);
            while ((long)command.ExecuteScalar()! == version);
        }
        catch (SqliteException e)
        {
            throw database.Unavailable(e);
        }
    }

    // More pages than a sign-in writes: on a full disk the log may have room for a few. Random, since
    // SQLite writes no page that stays the same.
    public async ValueTask CheckAsync(CancellationToken cancellationToken) =>
        await database.WriteAsync(
            static (statements, _) => statements.Execute(
                """
                INSERT INTO pawl_health (only_row, content) VALUES (1, randomblob(32768))
                ON CONFLICT (only_row) DO UPDATE SET content = excluded.content
                """),
            0, durable: true).AsTask().WaitAsync(cancellationToken);

    public ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken) =>
        _pruning.RunAsync(ToInteger(expiredBefore), ToInteger(unusedSince), cancellationToken);

    private static bool End(SqliteStatements statements, SessionId id, SessionEnd ending)
    {
        var bytes = id.ToByteArray();
        var (at, reason) = (ToInteger(ending.At), (long)ending.Reason);
        var rows = statements.Execute(
            "UPDATE pawl_sessions SET ended_at = $1, end_reason = $2 WHERE id = $3 AND ended_at IS NULL", at, reason, bytes);
        if (rows == 0)
            return false;
        EnterInFeed(statements, bytes, at, reason);
        return true;
    }

    private static bool EnterEnd(SqliteStatements statements, SessionId id, SessionEnd end)
    {
        var bytes = id.ToByteArray();
        var (at, reason) = (ToInteger(end.At), (long)end.Reason);
        if (statements.Execute(
            $"""
            INSERT INTO pawl_sessions ({Columns}) VALUES ($1, '', 0, 0, $2, $2, $2, 0, 0, NULL, $3, NULL, $2, $4)
            ON CONFLICT (id) DO UPDATE SET ended_at = $2, end_reason = $4 WHERE ended_at IS NULL
            """,
            bytes, at, "{}"u8.ToArray(), reason) == 0)
            return false;
        EnterInFeed(statements, bytes, at, reason);
        return true;
    }

    private static void EnterInFeed(SqliteStatements statements, byte[] id, long at, long reason) =>
        statements.Execute("INSERT INTO pawl_endings (session_id, ended_at, end_reason) VALUES ($1, $2, $3)", id, at, reason);

    private static Session ReadSession(SqliteDataReader row) => new()
    {
        Id = ReadId(row, 0),
        Subject = row.GetString(1),
        Head = new(checked((uint)row.GetInt64(2)), unchecked((ulong)row.GetInt64(3))),
        CreatedAt = ReadTime(row, 4),
        LastUsedAt = ReadTime(row, 5),
        ExpiresAt = ReadTime(row, 6),
        Transport = (SessionTransport)row.GetInt32(7),
        IsPersistent = row.GetInt64(8) != 0,
        Device = row.IsDBNull(9) ? null : row.GetString(9),
        Claims = (byte[])row.GetValue(10),
        SecurityStamp = row.IsDBNull(11) ? null : row.GetString(11),
        End = row.IsDBNull(12) ? null : new((SessionEndReason)row.GetInt32(13), ReadTime(row, 12)),
    };

    private static SessionId ReadId(SqliteDataReader row, int column) => new((byte[])row.GetValue(column));

    private static DateTimeOffset ReadTime(SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static long ToInteger(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public void Dispose()
    {
        database.Dispose();
        _endingStep.Dispose();
    }
}
