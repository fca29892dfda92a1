using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(Pawl.Stores.Tests.RedisServers))]

namespace Pawl.Stores.Tests;

/// <summary>Keys of its own on a server that the tests have started.</summary>
public class RedisPlace : AddressedPlace
{
    public string ConnectionString => $"{Server},keyPrefix=pawl-{_prefix}";

    public override string Address => $"redis={ConnectionString}";

    protected virtual string Server => RedisServers.Main.ConnectionString;

    private readonly string _prefix = $"{Guid.NewGuid():N}";

    public override OpenStore Open() => Open(ConnectionString);

    public static OpenStore Open(string connectionString)
    {
        var services = new ServiceCollection();
        services.AddPawl().AddRedisStore(connectionString);
        var provider = services.BuildServiceProvider();
        return new(provider.GetRequiredService<ISessionStore>(), provider.GetRequiredService<IKeyStore>(), provider);
    }

    public override async Task PoisonAsync(SessionId id)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Server);
        var key = $"{{pawl-{_prefix}:{Convert.ToHexStringLower(id.ToByteArray())[..2]}}}:{id}";
        Assert.True(await connection.GetDatabase().KeyDeleteAsync(key));
        await connection.GetDatabase().HashSetAsync(key, "not", "a session");
    }

    // The servers go with all that is in them.
    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same in a cluster.</summary>
public sealed class RedisClusterPlace : RedisPlace
{
    protected override string Server => RedisServers.Cluster.ConnectionString;
}

/// <summary>The servers that all tests share which do not kill them: started when first needed, stopped after the last test.</summary>
public sealed class RedisServers : IDisposable
{
    private static readonly Lock Starting = new();
    private static RedisProcess? _main;
    private static RedisCluster? _cluster;

    public static RedisProcess Main
    {
        get
        {
            Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
            lock (Starting)
                return _main ??= new();
        }
    }

    public static RedisCluster Cluster
    {
        get
        {
            Assert.SkipUnless(RedisProcess.IsHere, "Redis is not installed.");
            lock (Starting)
                return _cluster ??= new();
        }
    }

    public void Dispose()
    {
        _cluster?.Dispose();
        _main?.Dispose();
    }
}
