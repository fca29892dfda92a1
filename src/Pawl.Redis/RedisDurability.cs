using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// Waits until what has been written cannot be lost, as far as the server is set up for it. One that writes to its disk before it answers needs no waiting. Else
/// it is asked, on a connection of its own, since whoever waits there holds up all that comes behind: by one for all that wait.
/// </summary>
internal sealed class RedisDurability : IDisposable
{
    private const int Patience = 4000;
    private static readonly Version CanWaitForDisk = new(7, 2);

    private readonly string _node = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly ConcurrentDictionary<EndPoint, Lane> _lanes = new();
    private readonly ConnectionMultiplexer? _connection;
    private readonly RedisOptions _options;
    private readonly bool _waitsForDisk;
    private long _fences;

    private RedisDurability(ConnectionMultiplexer? connection, RedisOptions options, bool waitsForDisk) => (_connection, _options, _waitsForDisk) = (connection, options, waitsForDisk);

    /// <exception cref="StoreUnavailableException">The operator wants more than the server is set up for.</exception>
    public static async Task<RedisDurability> StartAsync(ConnectionMultiplexer connection, RedisOptions options, ILogger logger)
    {
        var waitsForDisk = false;
        string? lack = null;
        foreach (var server in RedisServer.Primaries(connection))
        {
            var (waits, reason) = await CheckAsync(server);
            waitsForDisk |= waits;
            lack ??= reason;
        }
        if (lack is not null && options.RequiresDurable)
            throw new StoreUnavailableException($"{options.Name} may lose sign-ins and endings in a crash: {lack}");
        if (lack is not null)
            logger.NotDurable(options.Name, lack);
        waitsForDisk &= lack is null;
        return new(waitsForDisk || options.Replicas > 0 ? await options.ConnectAsync() : null, options, waitsForDisk);
    }

    /// <summary>Returns when everything that was written where these keys are is durable.</summary>
    public async Task WaitAsync(IEnumerable<RedisKey> keys, CancellationToken cancellationToken)
    {
        if (_connection is null)
            return;
        try
        {
            var waits = keys.GroupBy(key => Find(key).EndPoint).Select(g => _lanes.GetOrAdd(g.Key, static _ => new()).WaitAsync(() => FenceAsync(g.First())));
            await Task.WhenAll(waits.ToList()).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (RedisServer.IsFault(e, cancellationToken))
        {
            throw new StoreUnavailableException($"{_options.Name} {RedisServer.Explain(e)}", e);
        }
    }

    public void Dispose() => _connection?.Dispose();

    private IServer Find(RedisKey key)
    {
        try
        {
            return _connection!.GetServer(key, flags: CommandFlags.DemandMaster);
        }
        // That it is not connected to it, in StackExchange.Redis's words.
        catch (InvalidOperationException e)
        {
            throw new StoreUnavailableException($"{_options.Name} {RedisServer.Unreachable}", e);
        }
    }

    // The answer is about what was written on the connection that asks. So it must be the same before and after; and what was written must still be there, or the
    // server came back without its last second meanwhile, or another took over.
    private async Task FenceAsync(RedisKey beside)
    {
        var (db, key, value) = (_connection!.GetDatabase(), RedisKeys.Fence(beside, _node), Interlocked.Increment(ref _fences));
        var server = Find(key);
        var before = await server.ExecuteAsync("CLIENT", "ID");
        await db.StringSetAsync(key, value, TimeSpan.FromMinutes(1));
        var tooFew = $"has not reached as many replicas in time as it has to (replicas={_options.Replicas}).";
        if (_waitsForDisk)
        {
            var counts = (long[])(await server.ExecuteAsync("WAITAOF", 1, _options.Replicas, Patience))!;
            Check(counts[0] >= 1, "has not written to its disk in time what has to be there.");
            Check(counts[1] >= _options.Replicas, tooFew);
        }
        else
        {
            Check((long)await server.ExecuteAsync("WAIT", _options.Replicas, Patience) >= _options.Replicas, tooFew);
        }
        Check((long)await server.ExecuteAsync("CLIENT", "ID") == (long)before && await db.StringGetAsync(key) == value, "was interrupted and may have lost what was written last.");

        void Check(bool holds, string otherwise)
        {
            if (!holds)
                throw new StoreUnavailableException($"{_options.Name} {otherwise}");
        }
    }

    private static async Task<(bool WaitsForDisk, string? Lack)> CheckAsync(IServer server)
    {
        if (await RedisServer.ReadInfoAsync(server) is not { } info || !info.TryGetValue("aof_enabled", out var isOn))
            return (false, "it does not say whether it keeps a log on disk (appendonly).");
        if (isOn != "1")
            return (false, "it keeps no log on disk; set appendonly yes, and appendfsync always.");
        var canWait = server.Version >= CanWaitForDisk;
        return await ReadSyncAsync(server) switch
        {
            "always" => (false, null),
            "no" => (false, "it does not see to it that its log gets to the disk (appendfsync no); set appendfsync always."),
            _ when canWait => (true, null),
            null => (false, "it does not say when its log gets to the disk (appendfsync)."),
            _ => (false, "its log gets to the disk only each second; set appendfsync always, or run Redis 7.2 or newer."),
        };
    }

    private static async Task<string?> ReadSyncAsync(IServer server)
    {
        try
        {
            return (await server.ConfigGetAsync("appendfsync")) is [{ Value: var value }] ? value : null;
        }
        // Where somebody else runs the server, this is often not for us to ask.
        catch (Exception e) when (e is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }

    /// <summary>Those who come while one is asking are all answered by the next one.</summary>
    private sealed class Lane
    {
        private readonly Lock _lock = new();
        private Task _running = Task.CompletedTask;
        private Task? _next;

        public Task WaitAsync(Func<Task> fence)
        {
            lock (_lock)
                return _next ??= RunAsync(_running, fence);
        }

        private async Task RunAsync(Task before, Func<Task> fence)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            lock (_lock)
                (_running, _next) = (_next!, null);
            await fence();
        }
    }
}
