using static Pawl.Sqlite.SqliteSessionRow;

namespace Pawl.Sqlite;

/// <summary>Sessions in one SQLite file, shared by any number of processes on one machine.</summary>
internal sealed class SqliteSessionStore(SqliteDatabase database) : ISessionStore, IDisposable
{
    private readonly SqliteEndings _endings = new(database);
    private readonly SqlitePruning _pruning = new(database);

    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        database.Initialize();
        return ValueTask.CompletedTask;
    }

    public async ValueTask CreateAsync(Session session, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(session);
        var isNew = await database.WriteAsync(
            static (statements, s) =>
                statements.Execute(
                    $"""
                    INSERT INTO pawl_sessions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL)
                    ON CONFLICT DO NOTHING
                    """,
                    s.Id.ToByteArray(),
                    s.Subject,
                    (long)s.Head.Generation,
                    unchecked((long)s.Head.TokenId),
                    ToInteger(s.CreatedAt),
                    ToInteger(s.LastUsedAt),
                    ToInteger(s.ExpiresAt),
                    (long)s.Transport,
                    s.IsPersistent ? 1L : 0L,
                    s.Device,
                    s.Claims.ToArray(),
                    s.SecurityStamp
                ) == 1,
            session,
            durable: true
        );
        if (!isNew)
            throw new ArgumentException("There is a session of this id already.", nameof(session));
    }

    public ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        new(
            database.Read(
                static (statements, id) =>
                    statements.QuerySingle(ReadSession, $"SELECT {Columns} FROM pawl_sessions WHERE id = $1", id.ToByteArray()),
                id
            )
        );

    public ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken) =>
        database.WriteAsync(
            static (statements, m) =>
                statements.QuerySingle(
                    ReadSession,
                    $"""
                    UPDATE pawl_sessions SET head_generation = $1, head_token = $2, last_used_at = $3
                    WHERE id = $4 AND head_token = $5 AND ended_at IS NULL AND expires_at > $3 AND last_used_at > $6
                    RETURNING {Columns}
                    """,
                    (long)m.To.Generation,
                    unchecked((long)m.To.TokenId),
                    ToInteger(m.At),
                    m.Id.ToByteArray(),
                    unchecked((long)m.From.TokenId),
                    ToInteger(m.UsedSince)
                ),
            move,
            durable: false
        );

    public ValueTask<bool> UpdateAsync(
        SessionId id,
        ReadOnlyMemory<byte>? claims,
        string? securityStamp,
        CancellationToken cancellationToken
    )
    {
        SessionText.ThrowIfNotKept(securityStamp);
        return database.WriteAsync(
            static (statements, a) =>
                statements.Execute(
                    """
                    UPDATE pawl_sessions SET claims = coalesce($1, claims), security_stamp = coalesce($2, security_stamp)
                    WHERE id = $3 AND ended_at IS NULL
                    """,
                    a.claims?.ToArray(),
                    a.securityStamp,
                    a.id.ToByteArray()
                ) == 1,
            (id, claims, securityStamp),
            durable: false
        );
    }

    public ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        _endings.EndAsync(id, ending, cancellationToken);

    public ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        _endings.EnterEndAsync(id, ending, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject,
        SessionId? except,
        SessionEnd ending,
        CancellationToken cancellationToken
    ) => _endings.EndAllAsync(subject, except, ending, cancellationToken);

    public ValueTask<IReadOnlyList<Session>> ListAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        SessionText.ThrowIfNotKept(subject);
        return new(
            database.Read(
                static (statements, a) =>
                    a.after is { } place
                        ? statements.Query(
                            ReadSession,
                            List("AND (created_at, id) < ($3, $4)"),
                            a.subject,
                            (long)a.limit,
                            ToInteger(place.CreatedAt),
                            place.Id.ToByteArray()
                        )
                        : statements.Query(ReadSession, List(""), a.subject, (long)a.limit),
                (subject, after, limit)
            )
        );
    }

    private static string List(string condition) =>
        $"""
            SELECT {Columns} FROM pawl_sessions WHERE subject = $1 AND ended_at IS NULL {condition}
            ORDER BY created_at DESC, id DESC LIMIT $2
            """;

    public ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken) =>
        _endings.ReadAsync(after, limit, cancellationToken);

    public async ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken) =>
        await _endings.WaitAsync(after, cancellationToken);

    // More pages than a sign-in writes: on a full disk the log may have room for a few. Random, since
    // SQLite writes no page that stays the same.
    public async ValueTask CheckAsync(CancellationToken cancellationToken) =>
        await database
            .WriteAsync(
                static (statements, _) =>
                    statements.Execute(
                        """
                        INSERT INTO pawl_health (only_row, content) VALUES (1, randomblob(32768))
                        ON CONFLICT (only_row) DO UPDATE SET content = excluded.content
                        """
                    ),
                0,
                durable: true
            )
            .AsTask()
            .WaitAsync(cancellationToken);

    public ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken) =>
        _pruning.RunAsync(ToInteger(expiredBefore), ToInteger(unusedSince), cancellationToken);

    public void Dispose()
    {
        database.Dispose();
        _endings.Dispose();
    }
}
