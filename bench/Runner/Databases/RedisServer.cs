namespace Pawl.Bench.Runner;

/// <summary>Redis with its append-only file on, flushed each second, as its manual advises where data matter.</summary>
internal sealed class RedisServer : DatabaseServer
{
    public RedisServer(params string[] settings) =>
        Run(
            [
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                $"{Port}",
                "--dir",
                Folder,
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--loglevel",
                "warning",
                .. settings,
            ],
            () => Execute(Client("redis-cli", "PING"), mayFail: true) is not null
        );

    public override string Description => $"Redis {Info("redis_version")}, `appendonly yes`, `appendfsync everysec`";

    public override string[] ArgumentsFor(string project) => ["--redis", $"127.0.0.1:{Port}"];

    /// <summary>A client program of Redis' own, with what it is to do.</summary>
    public string[] Client(string program, params string[] arguments) => [program, "-h", "127.0.0.1", "-p", $"{Port}", .. arguments];

    public string Query(params string[] command) => Execute(Client("redis-cli", command))!.Trim();

    /// <summary>A line of INFO.</summary>
    public string Info(string name) =>
        Query("INFO").Split('\n').First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
}
