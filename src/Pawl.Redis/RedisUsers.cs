using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// The lists of users' sessions: sorted sets of ids, whose scores are the milliseconds at which the sessions were created.
/// </summary>
internal sealed class RedisUsers(RedisDatabase database)
{
    /// <summary>All sessions of a user. Some of them may have been removed since.</summary>
    public async Task<List<SessionId>> ReadAllAsync(string subject, CancellationToken cancellationToken) =>
        [
            .. (await database.AskAsync(db => db.SortedSetRangeByRankAsync(database.Keys.User(subject)), cancellationToken)).Select(
                static id => new SessionId((byte[])id!)
            ),
        ];

    /// <summary>
    /// The places that follow one, or the first ones: about as many as <paramref name="limit"/>, and none only if none follow.
    /// </summary>
    public async Task<List<SessionPosition>> ReadAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var (key, from) = (database.Keys.User(subject), after?.CreatedAt.ToUnixTimeMilliseconds() ?? double.PositiveInfinity);
        // Sessions of the same millisecond may sort before the place; they are skipped.
        for (var skip = 0; ; skip += limit + 1)
        {
            var entries = await database.AskAsync(
                db => db.SortedSetRangeByScoreWithScoresAsync(key, stop: from, order: Order.Descending, skip: skip, take: limit + 1),
                cancellationToken
            );
            var places = entries
                .Select(static e => new SessionPosition(
                    DateTimeOffset.FromUnixTimeMilliseconds((long)e.Score),
                    new SessionId((byte[])e.Element!)
                ))
                .SkipWhile(place => after is { } one && !IsAfter(place, one))
                .Take(limit)
                .ToList();
            if (places.Count > 0 || entries.Length <= limit)
                return places;
        }
    }

    private static bool IsAfter(SessionPosition place, SessionPosition one)
    {
        var (at, other) = (place.CreatedAt.ToUnixTimeMilliseconds(), one.CreatedAt.ToUnixTimeMilliseconds());
        return at < other || (at == other && place.Id.ToByteArray().AsSpan().SequenceCompareTo(one.Id.ToByteArray()) < 0);
    }
}
