using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// Removes sessions that have expired, ended or not been used for long, before their keys expire. The keys are scanned: each rotation would
/// have to change an index of idle sessions. Each session is checked in a step of its own, so that other calls run in between.
/// </summary>
internal static class RedisPruning
{
    private const int PageSize = 500;

    public static async Task<int> RemoveSessionsAsync(
        RedisDatabase database,
        DateTimeOffset expiredBefore,
        DateTimeOffset unusedSince,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] limits = [expiredBefore.ToUnixTimeMilliseconds(), unusedSince.ToUnixTimeMilliseconds()];
        var removed = 0;
        try
        {
            foreach (var server in database.Primaries)
            {
                var page = new List<Task<bool>>(PageSize);
                var keys = server.KeysAsync(pattern: database.Keys.Sessions, pageSize: PageSize);
                await foreach (var key in keys.WithCancellation(cancellationToken))
                {
                    page.Add(RemoveAsync(key));
                    if (page.Count < PageSize)
                        continue;
                    removed += (await Task.WhenAll(page)).Count(static gone => gone);
                    page.Clear();
                    cancellationToken.ThrowIfCancellationRequested();
                }
                removed += (await Task.WhenAll(page)).Count(static gone => gone);
            }
        }
        catch (Exception e) when (RedisServer.IsFault(e, cancellationToken))
        {
            throw database.Unavailable(e);
        }
        return removed;

        async Task<bool> RemoveAsync(RedisKey key)
        {
            var gone = (RedisValue)await database.EvaluateAsync(RedisScripts.Prune, [key], limits, cancellationToken);
            if (gone.IsNull || RedisKeys.ReadSession(key) is not { } id)
                return false;
            // A crash before this leaves an entry in the list, which is removed later.
            var user = database.Keys.User(SessionBytes.Read(id, (byte[])gone!).Subject);
            await database.AskAsync(db => db.SortedSetRemoveAsync(user, id.ToByteArray()), cancellationToken);
            return true;
        }
    }

    public static async Task RemoveEndingsAsync(
        RedisDatabase database,
        RedisEndings endings,
        DateTimeOffset endedBefore,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<SessionEnding> page;
        for (var after = 0L; (page = await endings.ReadAsync(after, PageSize, cancellationToken)).Count > 0; after = page[^1].Position)
        {
            var old = page.Where(e => e.End.At < endedBefore)
                .Select(static e => (RedisValue)RedisEndings.Entry(e.Id, SessionBytes.Ending(e.End)))
                .ToArray();
            if (old.Length > 0)
                await database.AskAsync(db => db.SortedSetRemoveAsync(database.Keys.Feed, old), cancellationToken);
        }
    }
}
