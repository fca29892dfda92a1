namespace Pawl.Stores.Tests;

/// <summary>
/// An empty place for sessions: a file, a database, or the keys of a prefix. It can be opened any number of times, by any process.
/// </summary>
public abstract class StorePlace : IAsyncDisposable
{
    /// <summary>How another process finds it: <see cref="Find"/> reads it.</summary>
    public abstract string Address { get; }

    /// <summary>Opens it as a process of its own would.</summary>
    public abstract OpenStore Open();

    /// <summary>Makes every write to a session fail from now on, past the store, as damage to its row would.</summary>
    public abstract Task PoisonAsync(SessionId id);

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens the place of an address.</summary>
    public static OpenStore Find(string address) => address.Split('=', 2) switch
    {
        ["sqlite", var connectionString] => SqlitePlace.Open(connectionString),
        ["postgresql", var connectionString] => PostgreSqlPlace.Open(connectionString),
        ["redis", var connectionString] => RedisPlace.Open(connectionString),
        _ => throw new ArgumentException(address),
    };
}

/// <summary>A place as one process has it open.</summary>
public sealed class OpenStore(IServiceProvider services, ISessionStore sessions, IKeyStore keys) : IAsyncDisposable
{
    public ISessionStore Sessions => sessions;

    public IKeyStore Keys => keys;

    public ValueTask DisposeAsync() => ((IAsyncDisposable)services).DisposeAsync();
}
