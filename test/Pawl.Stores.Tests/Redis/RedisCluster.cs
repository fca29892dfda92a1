namespace Pawl.Stores.Tests;

/// <summary>A Redis Cluster of three servers, each with a third of the slots.</summary>
public sealed class RedisCluster : IDisposable
{
    private static readonly (int First, int Last)[] Slots = [(0, 5460), (5461, 10922), (10923, 16383)];

    private readonly List<RedisProcess> _servers = [];

    public RedisCluster(params string[] settings)
    {
        foreach (var (first, last) in Slots)
        {
            var bus = RedisProcess.NewPort();
            var server = new RedisProcess(["--cluster-enabled", "yes", "--cluster-port", $"{bus}", .. settings]);
            server.Execute("CLUSTER", "ADDSLOTSRANGE", first, last);
            foreach (var other in _servers)
                other.Execute("CLUSTER", "MEET", "127.0.0.1", server.Port, bus);
            _servers.Add(server);
        }
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    Thread.Sleep(50);
                    return _servers.TrueForAll(static s =>
                        s.Execute("CLUSTER", "INFO").ToString() is var info
                        && info.Contains("cluster_state:ok", StringComparison.Ordinal)
                        && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal)
                    );
                },
                TimeSpan.FromSeconds(60)
            ),
            "The cluster does not come together."
        );
    }

    public IReadOnlyList<RedisProcess> Servers => _servers;

    // One is enough to find the others by.
    public string ConnectionString => _servers[0].ConnectionString;

    public void Dispose()
    {
        foreach (var server in _servers)
            server.Dispose();
    }
}
