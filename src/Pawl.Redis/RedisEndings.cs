using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// Ends sessions, and keeps the feed that tells other nodes. In a cluster, a session and the feed are on different servers and cannot
/// change in one step. So the step that ends a session also adds the ending to the outbox beside it. The ending is then entered in the
/// feed, only once however often that is tried. Then the caller gets its response, and the ending is removed from the outbox. Every node
/// also enters endings that another node has left in an outbox.
/// </summary>
internal sealed class RedisEndings(RedisDatabase database)
{
    /// <summary>How long an ended or expired session is kept without pruning. Pruning removes it sooner.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(2);

    // A missed message delays an ending by one second, an ending that is left in an outbox by ten.
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);
    private const int PageSize = 500;

    private readonly RedisKeys _keys = database.Keys;
    private readonly RecentEndings _recent = new(database.Clock);
    private long _sweptAt = database.Clock.GetTimestamp();

    /// <summary>An ending as bytes in the outbox and in the feed.</summary>
    public static byte[] Entry(SessionId id, byte[] ending) => [.. id.ToByteArray(), .. ending];

    /// <summary>Ends a session; true if this did.</summary>
    public ValueTask<bool> EndAsync(SessionId id, SessionEnd end, CancellationToken cancellationToken) =>
        EndOneAsync(id, end, entersUnknown: false, cancellationToken);

    /// <summary>Ends a session or, where there is none, enters one that has ended; true if this did.</summary>
    public ValueTask<bool> EnterAsync(SessionId id, SessionEnd end, CancellationToken cancellationToken) =>
        EndOneAsync(id, end, entersUnknown: true, cancellationToken);

    /// <summary>Ends those that have not ended, in pages. A session that fails stops no other, unless a whole page fails.</summary>
    public async IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        IEnumerable<SessionId> ids,
        SessionEnd end,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Task? failed = null;
        foreach (var page in ids.Chunk(PageSize))
        {
            var (ended, calls) = await EndPageAsync(page, end, entersUnknown: false, cancellationToken);
            yield return ended;
            if (calls.IsCompletedSuccessfully)
                continue;
            failed = calls;
            if (ended.Count == 0)
                break;
        }
        await (failed ?? Task.CompletedTask);
    }

    private async ValueTask<bool> EndOneAsync(SessionId id, SessionEnd end, bool entersUnknown, CancellationToken cancellationToken)
    {
        var (ended, calls) = await EndPageAsync([id], end, entersUnknown, cancellationToken);
        await calls;
        return ended.Count > 0;
    }

    // Returns the sessions that this call ended, and a task that fails if any call failed.
    private async Task<(List<SessionId> Ended, Task Calls)> EndPageAsync(
        SessionId[] page,
        SessionEnd end,
        bool entersUnknown,
        CancellationToken cancellationToken
    )
    {
        var calls = page.Select(id => EndAsync(id, end, entersUnknown, cancellationToken)).ToList();
        var all = (Task)Task.WhenAll(calls);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var results = calls.Where(static call => call.IsCompletedSuccessfully).Select(static call => call.Result).ToList();
        var own = results.Where(static r => r.HasEnded).ToList();
        foreach (var result in own)
            _recent.Add(result.Id, end);
        // This includes endings of another node that are not in the feed yet, because our response says that they are.
        await CarryOnAsync([.. results.Where(static r => r.IsWaiting).Select(static r => r.Entry)], cancellationToken);
        foreach (var result in own.Where(static r => r.Subject!.Length > 0))
            database.Tell(db => db.SortedSetRemoveAsync(_keys.User(result.Subject!), result.Id.ToByteArray(), CommandFlags.FireAndForget));
        return (own.ConvertAll(static r => r.Id), all);
    }

    public async ValueTask<IReadOnlyList<SessionEnding>> ReadAsync(long after, int limit, CancellationToken cancellationToken)
    {
        var entries = await database.AskAsync(
            db => db.SortedSetRangeByScoreWithScoresAsync(_keys.Feed, after, exclude: Exclude.Start, take: limit),
            cancellationToken
        );
        return Array.ConvertAll(entries, static e => Read((long)e.Score, (byte[])e.Element!));

        static SessionEnding Read(long position, byte[] entry) =>
            new(position, new(entry.AsSpan(0, SessionId.Size)), SessionBytes.ReadEnding(entry.AsSpan(SessionId.Size)));
    }

    public async ValueTask WaitAsync(long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the feed is read, so that a message between the two is not missed.
            var woken = database.Woken;
            await MendAsync(cancellationToken);
            if ((await ReadAsync(after, 1, cancellationToken)).Count > 0)
                return;
            await Task.WhenAny(woken, Task.Delay(PollInterval, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Enters the endings in the feed that other nodes have left in the outboxes.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var outboxes = await Task.WhenAll(
            Enumerable
                .Range(0, RedisKeys.Buckets)
                .Select(bucket => database.AskAsync(db => db.SetMembersAsync(_keys.Outbox(bucket)), cancellationToken))
        );
        foreach (var page in outboxes.SelectMany(static entries => entries).Select(static e => (byte[])e!).Chunk(PageSize))
            await CarryOnAsync(page, cancellationToken);
    }

    // A server that restarted may have lost its last second, and a replica that took over may never have had it.
    private async Task MendAsync(CancellationToken cancellationToken)
    {
        if (database.TakeInterruption())
        {
            try
            {
                foreach (var (id, ending) in _recent.Read())
                    await EnterAsync(id, ending, cancellationToken);
            }
            catch
            {
                database.NoteInterruption();
                throw;
            }
        }
        var sweptAt = Interlocked.Read(ref _sweptAt);
        if (
            database.Clock.GetElapsedTime(sweptAt) < SweepInterval
            || Interlocked.CompareExchange(ref _sweptAt, database.Clock.GetTimestamp(), sweptAt) != sweptAt
        )
            return;
        await SweepAsync(cancellationToken);
    }

    private async Task<Result> EndAsync(SessionId id, SessionEnd end, bool entersUnknown, CancellationToken cancellationToken)
    {
        var result = await database.EvaluateAsync(
            RedisScripts.End,
            [_keys.Session(id), _keys.Outbox(RedisKeys.Bucket(id)), _keys.Properties(id), _keys.Device(id)],
            [
                id.ToByteArray(),
                SessionBytes.Ending(end),
                (long)Retention.TotalMilliseconds,
                entersUnknown ? SessionBytes.Ended(id, end) : Array.Empty<byte>(),
            ],
            cancellationToken
        );
        if (result.IsNull)
            return default;
        var session = SessionBytes.Read(id, (byte[])result[2]!);
        return new(id, (bool)result[0], (bool)result[1], session.Subject, Entry(id, SessionBytes.Ending(session.End!.Value)));
    }

    private async Task CarryOnAsync(byte[][] entries, CancellationToken cancellationToken)
    {
        if (entries.Length == 0)
            return;
        RedisValue[] values = [_keys.Channel.ToString(), .. entries.Select(static e => (RedisValue)e)];
        await database.EvaluateAsync(RedisScripts.Enter, [_keys.Feed, _keys.Position], values, cancellationToken);
        var outboxes = entries
            .GroupBy(static e => (int)e[0])
            .Select(g => (Key: _keys.Outbox(g.Key), Entries: g.Select(static e => (RedisValue)e).ToArray()))
            .ToList();
        // An ending leaves its outbox only when the feed has it durably.
        await database.Durability.WaitAsync([_keys.Feed, .. outboxes.Select(static o => o.Key)], cancellationToken);
        foreach (var outbox in outboxes)
            database.Tell(db => db.SetRemoveAsync(outbox.Key, outbox.Entries, CommandFlags.FireAndForget));
    }

    private readonly record struct Result(SessionId Id, bool HasEnded, bool IsWaiting, string? Subject, byte[] Entry);
}
