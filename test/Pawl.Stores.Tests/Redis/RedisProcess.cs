using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Pawl.Stores.Tests;

/// <summary>A Redis server.</summary>
public sealed class RedisProcess : DatabaseProcess
{
    private static readonly Lazy<bool> CanWait = new(static () =>
    {
        using var server = new RedisProcess();
        return server.Execute("COMMAND", "INFO", "WAITAOF") is { Length: 1 } known && !known[0].IsNull;
    });

    private readonly string[] _settings;

    /// <param name="settings">As on its command line: <c>--name</c>, <c>value</c>.</param>
    public RedisProcess(params string[] settings)
        : base(user: null)
    {
        _settings = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--pidfile", PidFile, "--save", "", .. settings];
        Start();
    }

    public static bool IsHere => Program is not null;

    /// <summary>Whether it is one that can be asked to wait for its disk.</summary>
    public static bool CanWaitForDisk => IsHere && CanWait.Value;

    /// <summary>How long its log is: what is after that could be lost with the power.</summary>
    public long LogSize => new FileInfo(Log).Length;

    public string ConnectionString => $"127.0.0.1:{Port}";

    // Or another one, such as Valkey, that somebody wants to see pass.
    private static string? Program => Environment.GetEnvironmentVariable("PAWL_REDIS_SERVER") ?? Find("redis-server");

    private string Log => Path.Combine(Folder, "appendonlydir", "appendonly.aof.1.incr.aof");

    private string PidFile => Path.Combine(Folder, "redis.pid");

    /// <summary>Another port, for the servers of a cluster to talk among themselves.</summary>
    public static int NewPort() => Ports.FindFree();

    public void Start() => Start("Ready to accept connections", Program!, _settings);

    /// <summary>SIGKILL: nothing is closed, and what was not written is gone.</summary>
    public void Kill()
    {
        using (var process = Process.GetProcessById(int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture)))
            process.Kill();
        WaitForExit();
    }

    /// <summary>Takes from its log what the disk had not got when the power went.</summary>
    public void CutLog(long size)
    {
        using var log = new FileStream(Log, FileMode.Open);
        log.SetLength(size);
    }

    /// <summary>Asks the server itself, past the store.</summary>
    public RedisResult Execute(string command, params object[] arguments)
    {
        using var connection = Connect();
        return connection.GetServers()[0].Execute(command, arguments);
    }

    public ConnectionMultiplexer Connect() => ConnectionMultiplexer.Connect(ConnectionString + ",allowAdmin=true");
}
