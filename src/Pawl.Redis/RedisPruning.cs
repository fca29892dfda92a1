using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// Removes sessions that have expired, ended or not been used for long, before their keys expire. The keys are scanned: each rotation would
/// have to change an index of idle sessions. Each session is checked in a step of its own, so that other calls run in between.
/// </summary>
internal static class RedisPruning
{
    private const int Attempts = 3;
    private const int PageSize = 500;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RemoveSessionsAsync(
        RedisDatabase database,
        DateTimeOffset expiredBefore,
        DateTimeOffset unusedSince,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] limits = [expiredBefore.ToUnixTimeMilliseconds(), unusedSince.ToUnixTimeMilliseconds()];
        var removed = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                foreach (var server in database.Primaries)
                    await RemoveFromAsync(server);
                return removed;
            }
            // Commands do not wait for a connection that is lost for a moment. What is left is removed in another attempt.
            catch (Exception e) when (attempt < Attempts && (e is StoreUnavailableException || RedisServer.IsFault(e, cancellationToken)))
            {
                await Task.Delay(RetryInterval, cancellationToken);
            }
            catch (Exception e) when (RedisServer.IsFault(e, cancellationToken))
            {
                throw database.Unavailable(e);
            }
        }

        async Task RemoveFromAsync(IServer server)
        {
            var keys = server.KeysAsync(pattern: database.Keys.Sessions, pageSize: PageSize);
            await foreach (var page in keys.Chunk(PageSize).WithCancellation(cancellationToken))
                await Task.WhenAll(page.Select(RemoveAsync));
        }

        async Task RemoveAsync(RedisKey key)
        {
            if (RedisKeys.ReadSession(key) is not { } id)
                return;
            RedisKey[] keys = [key, database.Keys.Properties(id), database.Keys.Device(id)];
            var gone = (RedisValue)await database.EvaluateAsync(RedisScripts.Prune, keys, limits, cancellationToken);
            if (gone.IsNull)
                return;
            Interlocked.Increment(ref removed);
            // A crash before this leaves an entry in the list, which is removed later.
            var user = database.Keys.User(SessionBytes.Read(id, (byte[])gone!).Subject);
            await database.AskAsync(db => db.SortedSetRemoveAsync(user, id.ToByteArray()), cancellationToken);
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
