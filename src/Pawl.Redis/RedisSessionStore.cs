using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>Sessions in Redis, shared by any number of nodes.</summary>
internal sealed class RedisSessionStore(RedisDatabase database) : ISessionStore
{
    private readonly RedisEndings _endings = new(database);
    private readonly RedisKeys _keys = database.Keys;

    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await database.InitializeAsync(cancellationToken);
        await _endings.SweepAsync(cancellationToken);
    }

    // The list first: from the moment on at which the session is there, whoever ends all of the user's ends it, too. An entry without a session is passed over, and
    // goes by itself.
    public async ValueTask CreateAsync(Session session, CancellationToken cancellationToken)
    {
        var (key, user, life) = (_keys.Session(session.Id), _keys.User(session.Subject), RedisEndings.Retention + Max(session.ExpiresAt - session.CreatedAt, TimeSpan.Zero));
        await database.EvaluateAsync(RedisScripts.Index, [user], [session.Id.ToByteArray(), (long)life.TotalMilliseconds], cancellationToken);
        if (!await database.AskAsync(db => db.StringSetAsync(key, SessionBytes.Write(session), life, When.NotExists), cancellationToken))
            throw new ArgumentException("There is a session of this id already.", nameof(session));
        await database.Durability.WaitAsync([key, user], cancellationToken);
    }

    public async ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken) =>
        Read(id, await database.AskAsync(db => db.StringGetAsync(_keys.Session(id)), cancellationToken));

    public async ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken) =>
        Read(move.Id, (RedisValue)await database.EvaluateAsync(RedisScripts.Rotate, [_keys.Session(move.Id)],
            [SessionBytes.Token(move.From), SessionBytes.Use(move.At, move.To), move.At.ToUnixTimeMilliseconds(), move.UsedSince.ToUnixTimeMilliseconds()], cancellationToken));

    public async ValueTask<bool> UpdateAsync(SessionId id, ReadOnlyMemory<byte>? claims, string? securityStamp, CancellationToken cancellationToken)
    {
        var stamp = SessionBytes.Encode(securityStamp);
        return (bool)await database.EvaluateAsync(RedisScripts.Update, [_keys.Session(id)],
            [claims is not null, claims ?? default, securityStamp is not null, SessionBytes.Length(securityStamp, stamp), stamp], cancellationToken);
    }

    public async ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        (await _endings.EndAsync([id], ending, cancellationToken)).Count > 0;

    public ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) => _endings.EnterAsync(id, ending, cancellationToken);

    public async ValueTask<IReadOnlyList<SessionId>> EndAllAsync(string subject, SessionId? except, SessionEnd ending, CancellationToken cancellationToken)
    {
        var all = await ReadIndexAsync(subject, cancellationToken);
        return await _endings.EndAsync([.. all.Where(id => id != except)], ending, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<Session>> ListAsync(string subject, CancellationToken cancellationToken)
    {
        var ids = await ReadIndexAsync(subject, cancellationToken);
        var sessions = await Task.WhenAll(ids.Select(id => FindAsync(id, cancellationToken).AsTask()));
        return [.. sessions.OfType<Session>().Where(static s => s.End is null).OrderByDescending(static s => s.CreatedAt).ThenBy(static s => s.Id.ToString(), StringComparer.Ordinal)];
    }

    public ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken) => _endings.ReadAsync(after, limit, cancellationToken);

    public ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken) => _endings.WaitAsync(after, cancellationToken);

    public async ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // An ending that is still on its way must be in the feed while it is young, and cannot come back once it has been removed from there.
        await _endings.SweepAsync(cancellationToken);
        var removed = await RedisPruning.RemoveSessionsAsync(database, expiredBefore, unusedSince, cancellationToken);
        await RedisPruning.RemoveEndingsAsync(database, _endings, expiredBefore, cancellationToken);
        return removed;
    }

    private async Task<IEnumerable<SessionId>> ReadIndexAsync(string subject, CancellationToken cancellationToken) =>
        (await database.AskAsync(db => db.SortedSetRangeByRankAsync(_keys.User(subject)), cancellationToken)).Select(static id => new SessionId((byte[])id!));

    private static Session? Read(SessionId id, RedisValue value) => value.IsNull ? null : SessionBytes.Read(id, (byte[])value!);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
