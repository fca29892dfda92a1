using static Pawl.Sqlite.SqliteSessionRow;

namespace Pawl.Sqlite;

/// <summary>Sessions in one SQLite file, shared by any number of processes on one machine.</summary>
internal sealed class SqliteSessionStore(SqliteDatabase database) : ISessionStore, IDisposable
{
    private const string Rotated = """
        UPDATE pawl_sessions SET head_generation = $1, head_token = $2, last_used_at = $3
        WHERE id = $4 AND head_token = $5 AND ended_at IS NULL AND expires_at > $3 AND last_used_at > $6
        """;

    private const string Rotate = $"{Rotated} RETURNING {Columns}";
    private const string RotateUnbound = $"{Rotated} AND device_key IS NULL RETURNING {Columns}";

    private readonly SqliteEndings _endings = new(database);
    private readonly SqlitePruning _pruning = new(database);

    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        database.Initialize();
        return ValueTask.CompletedTask;
    }

    public async ValueTask CreateAsync(Session session, SessionProperties properties, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(session);
        var isNew = await database.WriteAsync(
            static (statements, a) => Create(statements, a.session, a.properties),
            (session, properties),
            durable: true
        );
        if (!isNew)
            throw new ArgumentException("There is a session of this id already.", nameof(session));
    }

    private static bool Create(SqliteStatements statements, Session s, SessionProperties properties)
    {
        var rows = statements.Execute(
            $"""
            INSERT INTO pawl_sessions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL, $13, $14, $15)
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
            s.SecurityStamp,
            SqliteProperties.Version(properties),
            s.DeviceKey?.Content.ToArray(),
            s.DeviceKey is { } key ? ToInteger(key.BoundAt) : null
        );
        if (rows == 1 && properties != default)
            SqliteProperties.Write(statements, s.Id, properties);
        return rows == 1;
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
                    m.HasDeviceProof ? Rotate : RotateUnbound,
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

    public ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken) =>
        new(database.Read(SqliteProperties.Find, id));

    public ValueTask<bool> UpdateAsync(SessionId id, SessionChange change, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(change.SecurityStamp);
        return database.WriteAsync(
            static (statements, a) => Update(statements, a.id, a.change),
            (id, change),
            durable: change.Properties is not null
        );
    }

    private static bool Update(SqliteStatements statements, SessionId id, SessionChange change)
    {
        var rows = statements.Execute(
            """
            UPDATE pawl_sessions SET claims = coalesce($1, claims), security_stamp = coalesce($2, security_stamp),
                properties_version = iif($3, $4, properties_version)
            WHERE id = $5 AND ended_at IS NULL
            """,
            change.Claims?.ToArray(),
            change.SecurityStamp,
            change.Properties is null ? 0L : 1L,
            SqliteProperties.Version(change.Properties.GetValueOrDefault()),
            id.ToByteArray()
        );
        if (rows == 1 && change.Properties is { } properties)
            SqliteProperties.Write(statements, id, properties);
        return rows == 1;
    }

    public ValueTask<bool> BindAsync(SessionId id, DeviceKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            static (statements, a) =>
                statements.Execute(
                    """
                    UPDATE pawl_sessions SET device_key = $1, device_bound_at = coalesce(device_bound_at, $2)
                    WHERE id = $3 AND ended_at IS NULL AND (device_key IS NULL OR device_key = $1)
                    """,
                    a.key.Content.ToArray(),
                    ToInteger(a.key.BoundAt),
                    a.id.ToByteArray()
                ) == 1,
            (id, key),
            durable: true
        );

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
