using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>One Redis server, or a cluster of them, and all that can go wrong there.</summary>
internal sealed class RedisDatabase(RedisOptions options, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _initializing = new(1);
    private ConnectionMultiplexer? _connection;
    private RedisDurability? _durability;
    private TaskCompletionSource _woken = NewWoken();
    private int _interrupted;

    public RedisKeys Keys { get; } = new(options.KeyPrefix);

    public RedisDurability Durability => _durability ?? throw NotInitialized();

    /// <summary>The servers that are written to.</summary>
    public IEnumerable<IServer> Primaries => RedisServer.Primaries(Connection);

    /// <summary>Whether sessions are spread over several servers.</summary>
    public bool IsCluster => Connection.GetServers().Any(static s => s.ServerType is ServerType.Cluster);

    /// <summary>Completes when there may be something new in the feed.</summary>
    public Task Woken => Volatile.Read(ref _woken).Task;

    private ConnectionMultiplexer Connection => _connection ?? throw NotInitialized();

    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await _initializing.WaitAsync(cancellationToken);
        try
        {
            if (_connection is not null)
                return;
            var connection = await options.ConnectAsync().WaitAsync(cancellationToken);
            try
            {
                await RedisLayout.CheckAsync(connection, Keys, options.Name).WaitAsync(cancellationToken);
                _durability = await RedisDurability.StartAsync(connection, options, logger).WaitAsync(cancellationToken);
                await SubscribeAsync(connection, cancellationToken);
                connection.ConnectionRestored += (_, _) => NoteInterruption();
                connection.ConfigurationChanged += (_, _) => NoteInterruption();
            }
            catch
            {
                _durability?.Dispose();
                await connection.DisposeAsync();
                throw;
            }
            _connection = connection;
        }
        catch (Exception e) when (RedisServer.IsFault(e, cancellationToken))
        {
            throw Unavailable(e);
        }
        finally
        {
            _initializing.Release();
        }
    }

    // Messages come by a connection of their own, which may be there a moment later than the other.
    private async Task SubscribeAsync(ConnectionMultiplexer connection, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await connection.GetSubscriber().SubscribeAsync(Keys.Channel, (_, _) => Wake()).WaitAsync(cancellationToken);
                return;
            }
            catch (RedisConnectionException) when (attempt < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    /// <summary>Keys may be wanted before sessions are.</summary>
    public ValueTask EnsureInitializedAsync(CancellationToken cancellationToken) => _connection is null ? InitializeAsync(cancellationToken) : ValueTask.CompletedTask;

    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(Connection.GetDatabase()).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (RedisServer.IsFault(e, cancellationToken))
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Runs a script, by its hash where the server knows it.</summary>
    public async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(db => db.ScriptEvaluateAsync(script, keys, values), cancellationToken);
        }
        // A server that took over, or whose scripts were flushed, does not know it. That it does not has changed nothing.
        catch (StoreUnavailableException e) when (e.InnerException is RedisServerException { Message: ['N', 'O', 'S', 'C', 'R', ..] })
        {
            return await AskAsync(db => db.ScriptEvaluateAsync(script, keys, values, CommandFlags.NoScriptCache), cancellationToken);
        }
    }

    /// <summary>Says something that nobody needs an answer to.</summary>
    public void Tell(Action<IDatabase> tell)
    {
        try
        {
            tell(Connection.GetDatabase());
        }
        catch (Exception e) when (RedisServer.IsFault(e, default))
        {
            // It is only tidying up, and is made up for.
        }
    }

    public void NoteInterruption()
    {
        Volatile.Write(ref _interrupted, 1);
        Wake();
    }

    /// <summary>Whether the server was away, or another one took over, since this was last asked.</summary>
    public bool TakeInterruption() => Interlocked.Exchange(ref _interrupted, 0) == 1;

    public StoreUnavailableException Unavailable(Exception e) => new($"{options.Name} {RedisServer.Explain(e)}", e);

    public void Dispose()
    {
        _durability?.Dispose();
        _connection?.Dispose();
        _initializing.Dispose();
    }

    private void Wake() => Interlocked.Exchange(ref _woken, NewWoken()).TrySetResult();

    private static TaskCompletionSource NewWoken() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static InvalidOperationException NotInitialized() => new("InitializeAsync comes first.");
}
