using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace Pawl.Stores.Tests;

/// <summary>A Redis server.</summary>
public sealed class RedisProcess : DatabaseProcess
{
    private readonly string[] _settings;

    /// <param name="settings">As on its command line: <c>--name</c>, <c>value</c>.</param>
    public RedisProcess(params string[] settings) : base(user: null)
    {
        _settings = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--pidfile", PidFile, "--save", "", .. settings];
        Start();
    }

    public static bool IsHere => Find("redis-server") is not null;

    public string ConnectionString => $"127.0.0.1:{Port}";

    private string PidFile => Path.Combine(Folder, "redis.pid");

    /// <summary>Another port, for the servers of a cluster to talk among themselves.</summary>
    public static int NewPort() => FindPort();

    public void Start() => Start("Ready to accept connections", Find("redis-server")!, _settings);

    /// <summary>SIGKILL: nothing is closed, and what was not written is gone.</summary>
    public void Kill()
    {
        using (var process = Process.GetProcessById(int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture)))
            process.Kill();
        WaitForExit();
    }

    /// <summary>Asks the server itself, past the store.</summary>
    public RedisResult Execute(string command, params object[] arguments)
    {
        using var connection = Connect();
        return connection.GetServers()[0].Execute(command, arguments);
    }

    public ConnectionMultiplexer Connect() => ConnectionMultiplexer.Connect(ConnectionString + ",allowAdmin=true");
}
