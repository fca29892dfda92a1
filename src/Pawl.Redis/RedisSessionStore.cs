using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>Sessions in Redis, shared by any number of nodes.</summary>
internal sealed class RedisSessionStore(RedisDatabase database) : ISessionStore
{
    private static readonly TimeSpan HealthKept = TimeSpan.FromMinutes(1);

    // Longer than any absolute timeout, which is at most 400 days.
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(500);

    private readonly RedisEndings _endings = new(database);
    private readonly RedisUsers _users = new(database);
    private readonly RedisKeys _keys = database.Keys;

    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await database.InitializeAsync(cancellationToken);
        await _endings.SweepAsync(cancellationToken);
    }

    // The list first: a caller who ends all of the user's sessions then finds every session that is there. An entry without a session is
    // skipped, and removed later.
    public async ValueTask CreateAsync(Session session, SessionProperties properties, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(session);
        var (key, user, createdAt) = (_keys.Session(session.Id), _keys.User(session.Subject), session.CreatedAt.ToUnixTimeMilliseconds());
        var life = RedisEndings.Retention + Max(session.ExpiresAt - session.CreatedAt, TimeSpan.Zero);
        await database.EvaluateAsync(
            RedisScripts.Index,
            [user],
            [session.Id.ToByteArray(), createdAt, (long)life.TotalMilliseconds, createdAt - (long)MaxLifetime.TotalMilliseconds],
            cancellationToken
        );
        var isNew =
            properties == default && session.DeviceKey is null
                ? await database.AskAsync(
                    db => db.StringSetAsync(key, SessionBytes.Write(session), life, When.NotExists),
                    cancellationToken
                )
                : (bool)
                    await database.EvaluateAsync(
                        RedisScripts.Create,
                        [key, _keys.Properties(session.Id), _keys.Device(session.Id)],
                        [
                            SessionBytes.Write(session, properties.Version),
                            (long)life.TotalMilliseconds,
                            properties != default,
                            properties.Content,
                            SessionBytes.WriteKey(session.DeviceKey),
                        ],
                        cancellationToken
                    );
        if (!isNew)
            throw new ArgumentException("There is a session of this id already.", nameof(session));
        await database.Durability.WaitAsync([key, user], cancellationToken);
    }

    public async ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken)
    {
        var value = (byte[]?)await database.AskAsync(db => db.StringGetAsync(_keys.Session(id)), cancellationToken);
        if (value is null || !SessionBytes.IsBound(value))
            return Read(id, value);
        // Few sessions have a device key, so only they pay for a second question. It reads both in one step.
        RedisKey[] keys = [_keys.Session(id), _keys.Device(id)];
        var values = await database.AskAsync(db => db.StringGetAsync(keys), cancellationToken);
        return Read(id, values[0], values[1]);
    }

    public async ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken)
    {
        var result = await database.EvaluateAsync(
            RedisScripts.Rotate,
            move.HasDeviceProof ? [_keys.Session(move.Id), _keys.Device(move.Id)] : [_keys.Session(move.Id)],
            [
                SessionBytes.Token(move.From),
                SessionBytes.Use(move.At, move.To),
                move.At.ToUnixTimeMilliseconds(),
                move.UsedSince.ToUnixTimeMilliseconds(),
            ],
            cancellationToken
        );
        return result.Resp2Type is ResultType.Array
            ? Read(move.Id, (RedisValue)result[0], (RedisValue)result[1])
            : Read(move.Id, (RedisValue)result);
    }

    public async ValueTask<bool> BindAsync(SessionId id, DeviceKey key, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [_keys.Session(id), _keys.Device(id)];
        var isBound = (bool)await database.EvaluateAsync(RedisScripts.Bind, keys, [SessionBytes.WriteKey(key)], cancellationToken);
        if (isBound)
            await database.Durability.WaitAsync([keys[0]], cancellationToken);
        return isBound;
    }

    // Both in one step, so that the version is that of the content.
    public async ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [_keys.Session(id), _keys.Properties(id)];
        var values = await database.AskAsync(db => db.StringGetAsync(keys), cancellationToken);
        return Read(id, values[0]) is { PropertiesVersion: > 0 and var version } && !values[1].IsNull
            ? new(version, (byte[])values[1]!)
            : default;
    }

    public async ValueTask<bool> UpdateAsync(SessionId id, SessionChange change, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(change.SecurityStamp);
        var stamp = SessionBytes.Encode(change.SecurityStamp);
        var (hasProperties, properties) = (change.Properties is not null, change.Properties.GetValueOrDefault());
        var isThere = (bool)
            await database.EvaluateAsync(
                RedisScripts.Update,
                [_keys.Session(id), _keys.Properties(id)],
                [
                    change.Claims is not null,
                    change.Claims ?? default,
                    change.SecurityStamp is not null,
                    SessionBytes.Length(change.SecurityStamp, stamp),
                    stamp,
                    hasProperties,
                    SessionBytes.PropertiesVersion(properties.Version),
                    properties.Content,
                ],
                cancellationToken
            );
        if (isThere && hasProperties)
            await database.Durability.WaitAsync([_keys.Session(id)], cancellationToken);
        return isThere;
    }

    public ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        _endings.EndAsync(id, ending, cancellationToken);

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
        var ids = await _users.ReadAllAsync(subject, cancellationToken);
        await foreach (var step in _endings.EndAllAsync(ids.Where(id => id != except), ending, cancellationToken))
            yield return step;
    }

    public async ValueTask<IReadOnlyList<Session>> ListAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        SessionText.ThrowIfNotKept(subject);
        var page = new List<Session>();
        while (page.Count < limit)
        {
            var places = await _users.ReadAsync(subject, after, limit - page.Count, cancellationToken);
            if (places.Count == 0)
                break;
            var sessions = await Task.WhenAll(places.Select(place => FindAsync(place.Id, cancellationToken).AsTask()));
            page.AddRange(sessions.OfType<Session>().Where(static s => s.End is null));
            after = places[^1];
        }
        return page;
    }

    public ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken) =>
        _endings.ReadAsync(after, limit, cancellationToken);

    public ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken) => _endings.WaitAsync(after, cancellationToken);

    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        var keys = database.IsCluster
            ? Enumerable.Range(0, RedisKeys.Buckets).Select(_keys.Health).Append(_keys.FeedHealth).ToList()
            : [_keys.FeedHealth];
        await Task.WhenAll(
            keys.Select(key =>
                database.AskAsync(db => db.StringSetAsync(key, 1, HealthKept, flags: CommandFlags.DemandMaster), cancellationToken)
            )
        );
        await database.Durability.WaitAsync(keys, cancellationToken);
    }

    public async ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // An ending in an outbox must get to the feed while it is young. Added after its removal from the feed, it would come back.
        await _endings.SweepAsync(cancellationToken);
        var removed = await RedisPruning.RemoveSessionsAsync(database, expiredBefore, unusedSince, cancellationToken);
        await RedisPruning.RemoveEndingsAsync(database, _endings, expiredBefore, cancellationToken);
        return removed;
    }

    private static Session? Read(SessionId id, RedisValue value) => value.IsNull ? null : SessionBytes.Read(id, (byte[])value!);

    private static Session? Read(SessionId id, RedisValue value, RedisValue key)
    {
        if (Read(id, value) is not { } session || !SessionBytes.IsBound((byte[])value!))
            return Read(id, value);
        // Without the key the session would count as unbound, and a stolen refresh token would be good again.
        return key.IsNull
            ? throw new StoreUnavailableException($"The stored session {id} has lost its device key; is the server evicting keys?")
            : session with
            {
                DeviceKey = SessionBytes.ReadKey((byte[])key!),
            };
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
