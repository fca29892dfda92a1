using System.Security.Cryptography;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// Waits until everything that was written to one server before is durable. Calls that arrive while a wait is under way share the next.
/// </summary>
internal sealed class RedisFence
{
    private const int WaitMilliseconds = 4000;
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromMinutes(1);

    // Fences of other nodes, and of other instances in this process, write their own keys.
    private readonly string _name = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly RedisDurability _durability;
    private readonly BatchQueue<Call> _queue;
    private long _fences;

    public RedisFence(RedisDurability durability)
    {
        _durability = durability;
        _queue = new(() => ThreadPool.UnsafeQueueUserWorkItem(static fence => _ = fence.RunAsync(), this, preferLocal: false), places: 1);
    }

    /// <param name="beside">A key on this server.</param>
    public Task WaitAsync(RedisKey beside)
    {
        var call = new Call(beside);
        _queue.Enqueue(call);
        return call.Task;
    }

    private async Task RunAsync()
    {
        var batch = new List<Call>();
        try
        {
            _queue.Take(batch, int.MaxValue);
            await FenceAsync(batch[0].Beside);
            batch.ForEach(static call => call.SetResult());
        }
        catch (Exception e)
        {
            batch.ForEach(call => call.TrySetException(e));
        }
        finally
        {
            _queue.Leave();
        }
    }

    // WAIT and WAITAOF speak only of what was written on their own connection, so the connection must be the same before and after. The
    // key must still have its value: otherwise the server restarted without its last second, or a replica took over.
    private async Task FenceAsync(RedisKey beside)
    {
        var (key, value) = (RedisKeys.Fence(beside, _name), ++_fences);
        var (server, db) = (_durability.Find(key), _durability.Connection.GetDatabase());
        var connection = (long)await server.ExecuteAsync("CLIENT", "ID");
        await db.StringSetAsync(key, value, KeyLifetime);
        var replicas = _durability.Replicas;
        var tooFew = $"has not reached the required number of replicas in time (replicas={replicas}).";
        if (_durability.WaitsForDisk)
        {
            var counts = (long[])(await server.ExecuteAsync("WAITAOF", 1, replicas, WaitMilliseconds))!;
            Check(counts[0] >= 1, "has not written to its disk in time.");
            Check(counts[1] >= replicas, tooFew);
        }
        else
        {
            Check((long)await server.ExecuteAsync("WAIT", replicas, WaitMilliseconds) >= replicas, tooFew);
        }
        Check(
            (long)await server.ExecuteAsync("CLIENT", "ID") == connection && await db.StringGetAsync(key) == value,
            "was interrupted and may have lost the last writes."
        );

        void Check(bool holds, string otherwise)
        {
            if (!holds)
                throw new StoreUnavailableException($"{_durability.ServerName} {otherwise}");
        }
    }

    // A continuation resumes a request, which must not run on the worker's thread.
    private sealed class Call(RedisKey beside) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public RedisKey Beside => beside;
    }
}
