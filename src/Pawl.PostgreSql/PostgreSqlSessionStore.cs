using System.Runtime.CompilerServices;
using Npgsql;
using static Pawl.PostgreSql.PostgreSqlDatabase;
using static Pawl.PostgreSql.PostgreSqlValues;

namespace Pawl.PostgreSql;

/// <summary>Sessions in PostgreSQL, shared by any number of nodes.</summary>
internal sealed class PostgreSqlSessionStore(PostgreSqlDatabase database) : ISessionStore, IDisposable
{
    public const string Columns =
        "id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, "
        + "device, claims, security_stamp, ended_at, end_reason, properties_version, device_key, device_bound_at";

    public const int ColumnCount = 17;

    // A step holds the feed's row for some milliseconds.
    private const int SessionsOfStep = 500;

    private readonly PostgreSqlEndings _endings = new(database);
    private readonly PostgreSqlPruning _pruning = new(database);
    private readonly PostgreSqlRotations _rotations = new(database, database.Clock);

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => database.InitializeAsync(cancellationToken);

    public async ValueTask CreateAsync(Session session, SessionProperties properties, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(session);
        var isNew = await database.DoesAsync(
            database.Command(
                $"""
                INSERT INTO pawl_sessions ({Columns}, properties)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL, $13, $14, $15, $16)
                ON CONFLICT (id) DO NOTHING
                RETURNING {Durable}
                """,
                Value(session.Id),
                Value(session.Subject),
                Value(unchecked((int)session.Head.Generation)),
                Value(unchecked((long)session.Head.TokenId)),
                Value(session.CreatedAt),
                Value(session.LastUsedAt),
                Value(session.ExpiresAt),
                Value((short)session.Transport),
                Value(session.IsPersistent),
                Value(session.Device),
                Value(session.Claims),
                Value(session.SecurityStamp),
                Version(properties),
                Value(session.DeviceKey?.Content),
                Value(session.DeviceKey?.BoundAt),
                Content(properties)
            ),
            cancellationToken
        );
        if (!isNew)
            throw new ArgumentException("There is a session of this id already.", nameof(session));
    }

    public ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            database.Command($"SELECT {Columns} FROM pawl_sessions WHERE id = $1", Value(id)),
            ReadSession,
            cancellationToken
        )!;

    public ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken) =>
        _rotations.RunAsync(move, cancellationToken);

    public ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken) =>
        database.QuerySingleAsync(
            database.Command(
                """
                SELECT properties_version, properties FROM pawl_sessions
                WHERE id = $1 AND ended_at IS NULL AND properties_version IS NOT NULL
                """,
                Value(id)
            ),
            static row => new SessionProperties(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
            cancellationToken
        );

    public ValueTask<bool> UpdateAsync(SessionId id, SessionChange change, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(change.SecurityStamp);
        var hasProperties = change.Properties is not null;
        var properties = change.Properties.GetValueOrDefault();
        return database.DoesAsync(
            database.Command(
                $"""
                UPDATE pawl_sessions SET claims = coalesce($1, claims), security_stamp = coalesce($2, security_stamp),
                    properties_version = CASE WHEN $3 THEN $4 ELSE properties_version END,
                    properties = CASE WHEN $3 THEN $5 ELSE properties END
                WHERE id = $6 AND ended_at IS NULL
                RETURNING {(hasProperties ? Durable : NotDurable)}
                """,
                Value(change.Claims),
                Value(change.SecurityStamp),
                Value(hasProperties),
                Version(properties),
                Content(properties),
                Value(id)
            ),
            cancellationToken
        );
    }

    public ValueTask<bool> BindAsync(SessionId id, DeviceKey key, CancellationToken cancellationToken) =>
        database.DoesAsync(
            database.Command(
                $"""
                UPDATE pawl_sessions SET device_key = $1, device_bound_at = coalesce(device_bound_at, $2)
                WHERE id = $3 AND ended_at IS NULL AND (device_key IS NULL OR device_key = $1)
                RETURNING {Durable}
                """,
                Value(key.Content),
                Value(key.BoundAt),
                Value(id)
            ),
            cancellationToken
        );

    public async ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        (await _endings.EndAsync("id = $3", ending, cancellationToken, Value(id))).Count > 0;

    public ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        _endings.EnterAsync(id, ending, cancellationToken);

    public async IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject,
        SessionId? except,
        SessionEnd ending,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        SessionText.ThrowIfNotKept(subject);
        var ids = await database.QueryAsync(
            database.Command("SELECT id FROM pawl_sessions WHERE subject = $1 AND ended_at IS NULL", Value(subject)),
            static row => row.ReadId(0),
            cancellationToken
        );
        ids.RemoveAll(id => id == except);
        foreach (var step in ids.Chunk(SessionsOfStep))
            yield return await _endings.EndAsync("id = ANY($3)", ending, cancellationToken, Value(step));
    }

    public async ValueTask<IReadOnlyList<Session>> ListAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        SessionText.ThrowIfNotKept(subject);
        return await database.QueryAsync(
            after is { } place
                ? database.Command(
                    List("AND (created_at, id) < ($3, $4)"),
                    Value(subject),
                    Value(limit),
                    Value(place.CreatedAt),
                    Value(place.Id)
                )
                : database.Command(List(""), Value(subject), Value(limit)),
            ReadSession,
            cancellationToken
        );
    }

    private static string List(string condition) =>
        $"""
            SELECT {Columns} FROM pawl_sessions WHERE subject = $1 AND ended_at IS NULL {condition}
            ORDER BY created_at DESC, id DESC LIMIT $2
            """;

    public ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken) =>
        _endings.ReadAsync(after, limit, cancellationToken);

    public ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken) => _endings.WaitAsync(after, cancellationToken);

    // Every ending updates this row. The statement leaves its value alone, and also shows whether another node holds the row for long.
    // A sign-in needs more disk space than this statement; a full disk shows in the sign-ins that failed.
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        if (database.FindLackOfSpace() is { } full)
            throw full;
        await database.DoesAsync(
            database.Command($"UPDATE pawl_feed SET last_position = last_position RETURNING {Durable}"),
            cancellationToken
        );
    }

    public ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken) =>
        _pruning.RunAsync(expiredBefore, unusedSince, cancellationToken);

    public void Dispose() => _endings.Dispose();

    public static Session ReadSession(NpgsqlDataReader row) =>
        new()
        {
            Id = row.ReadId(0),
            Subject = row.GetString(1),
            Head = new(unchecked((uint)row.GetInt32(2)), unchecked((ulong)row.GetInt64(3))),
            CreatedAt = row.ReadTime(4),
            LastUsedAt = row.ReadTime(5),
            ExpiresAt = row.ReadTime(6),
            Transport = (SessionTransport)row.GetInt16(7),
            IsPersistent = row.GetBoolean(8),
            Device = row.IsDBNull(9) ? null : row.GetString(9),
            Claims = row.GetFieldValue<byte[]>(10),
            SecurityStamp = row.IsDBNull(11) ? null : row.GetString(11),
            End = row.IsDBNull(12) ? null : new((SessionEndReason)row.GetInt16(13), row.ReadTime(12)),
            PropertiesVersion = row.IsDBNull(14) || !row.IsDBNull(12) ? 0 : row.GetInt64(14),
            DeviceKey = row.IsDBNull(15) || !row.IsDBNull(12) ? null : new(row.GetFieldValue<byte[]>(15), row.ReadTime(16)),
        };

    private static NpgsqlParameter Version(SessionProperties properties) => Value(properties == default ? null : properties.Version);

    private static NpgsqlParameter Content(SessionProperties properties) =>
        Value(properties == default ? (ReadOnlyMemory<byte>?)null : properties.Content);
}
