using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>
/// Waits until a write is as durable as the server is set up to make it. A server that writes to its disk before each response needs no
/// wait. Other servers are asked to wait on a connection of its own, because a wait delays everything behind it on the same connection.
/// </summary>
internal sealed class RedisDurability : IDisposable
{
    private readonly ConcurrentDictionary<EndPoint, RedisFence> _fences = new();
    private readonly ConnectionMultiplexer? _connection;
    private readonly RedisOptions _options;

    private RedisDurability(ConnectionMultiplexer? connection, RedisOptions options, bool waitsForDisk) =>
        (_connection, _options, WaitsForDisk) = (connection, options, waitsForDisk);

    /// <summary>The connection for waits; null if no write needs a wait.</summary>
    public ConnectionMultiplexer Connection => _connection!;

    /// <summary>The server's name in messages.</summary>
    public string ServerName => _options.Name;

    /// <summary>The number of replicas that must have a write.</summary>
    public int Replicas => _options.Replicas;

    /// <summary>Whether the server must be asked to wait for its disk.</summary>
    public bool WaitsForDisk { get; }

    /// <exception cref="StoreUnavailableException">The options require more than the server is set up for.</exception>
    public static async Task<RedisDurability> StartAsync(ConnectionMultiplexer connection, RedisOptions options, ILogger logger)
    {
        var waitsForDisk = false;
        string? lack = null;
        foreach (var server in RedisServer.Primaries(connection))
        {
            var (needsWait, reason) = await RedisPersistence.CheckAsync(server);
            waitsForDisk |= needsWait;
            lack ??= reason;
        }
        if (lack is not null && options.RequiresDurable)
            throw new StoreUnavailableException($"{options.Name} may lose sign-ins and endings in a crash: {lack}");
        if (lack is not null)
            logger.NotDurable(options.Name, lack);
        waitsForDisk &= lack is null;
        return new(waitsForDisk || options.Replicas > 0 ? await options.ConnectAsync() : null, options, waitsForDisk);
    }

    /// <summary>Returns when everything that was written to the servers of these keys is durable.</summary>
    public async Task WaitAsync(IEnumerable<RedisKey> keys, CancellationToken cancellationToken)
    {
        if (_connection is null)
            return;
        try
        {
            var waits = keys.GroupBy(key => Find(key).EndPoint)
                .Select(server => _fences.GetOrAdd(server.Key, _ => new(this)).WaitAsync(server.First()));
            await Task.WhenAll(waits.ToList()).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (RedisServer.IsFault(e, cancellationToken))
        {
            throw new StoreUnavailableException($"{_options.Name} {RedisServer.Explain(e)}", e);
        }
    }

    /// <summary>The server that a key is written to.</summary>
    /// <exception cref="StoreUnavailableException">It is not connected.</exception>
    public IServer Find(RedisKey key)
    {
        try
        {
            return Connection.GetServer(key, flags: CommandFlags.DemandMaster);
        }
        // StackExchange.Redis throws this if it is not connected to the server.
        catch (InvalidOperationException e)
        {
            throw new StoreUnavailableException($"{_options.Name} {RedisServer.Unreachable}", e);
        }
    }

    public void Dispose() => _connection?.Dispose();
}
