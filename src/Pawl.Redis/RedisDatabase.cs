using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>One Redis server, or a cluster. Every fault of it becomes a <see cref="StoreUnavailableException"/>.</summary>
internal sealed class RedisDatabase(RedisOptions options, TimeProvider clock, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _initializing = new(1);
    private ConnectionMultiplexer? _connection;
    private RedisDurability? _durability;
    private TaskCompletionSource _woken = NewWoken();
    private int _interrupted;

    public RedisKeys Keys { get; } = new(options.KeyPrefix);

    /// <summary>The clock.</summary>
    public TimeProvider Clock => clock;

    public RedisDurability Durability => _durability ?? throw NotInitialized();

    /// <summary>The servers that accept writes.</summary>
    public IEnumerable<IServer> Primaries => RedisServer.Primaries(Connection);

    /// <summary>Whether sessions are spread over several servers.</summary>
    public bool IsCluster => Connection.GetServers().Any(static s => s.ServerType is ServerType.Cluster);

    /// <summary>Completes when the feed may have new endings.</summary>
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

    // StackExchange.Redis subscribes on a second connection, which may be established a moment later than the first.
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

    /// <summary>The key store may be used before the session store has been initialized.</summary>
    public ValueTask EnsureInitializedAsync(CancellationToken cancellationToken) =>
        _connection is null ? InitializeAsync(cancellationToken) : ValueTask.CompletedTask;

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

    /// <summary>Runs a script, by its hash if the server has it.</summary>
    public async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(db => db.ScriptEvaluateAsync(script, keys, values), cancellationToken);
        }
        // A replica that took over, or a server whose scripts were flushed, does not have it. Nothing has run yet.
        catch (StoreUnavailableException e) when (e.InnerException is RedisServerException { Message: ['N', 'O', 'S', 'C', 'R', ..] })
        {
            return await AskAsync(db => db.ScriptEvaluateAsync(script, keys, values, CommandFlags.NoScriptCache), cancellationToken);
        }
    }

    /// <summary>Sends commands whose results are not needed.</summary>
    public void Tell(Action<IDatabase> tell)
    {
        try
        {
            tell(Connection.GetDatabase());
        }
        catch (Exception e) when (RedisServer.IsFault(e, default))
        {
            // These commands only remove leftovers, which are removed later in any case.
        }
    }

    public void NoteInterruption()
    {
        Volatile.Write(ref _interrupted, 1);
        Wake();
    }

    /// <summary>Whether a connection was lost, or another server took over, since the last call.</summary>
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
