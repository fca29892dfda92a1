using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Pawl.Stores.Tests;

/// <summary>A PostgreSQL server.</summary>
public sealed class PostgreSqlProcess : DatabaseProcess
{
    private readonly string[] _settings;

    /// <param name="settings">As <c>name=value</c>.</param>
    public PostgreSqlProcess(params string[] settings) : base("postgres")
    {
        var initdb = AsUser(Find("initdb")!, "-D", Data, "-U", "pawl", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        Execute(initdb[0], initdb[1..]);
        // What is killed here are processes, not machines, so nothing has to reach a disk; that a commit waits or does not is the same.
        _settings = ["listen_addresses=127.0.0.1", $"port={Port}", "unix_socket_directories=", "fsync=off", "max_connections=300", .. settings];
        Start();
    }

    public static bool IsHere => Find("initdb") is not null && Find("postgres") is not null;

    private string Data => Path.Combine(Folder, "data");

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username=pawl";

    public void Start() => Start("database system is ready to accept connections", Find("postgres")!, ["-D", Data, .. _settings.SelectMany(static s => new[] { "-c", s })]);

    public T Query<T>(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=False");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    public void Execute(string sql) => Query<object?>("postgres", sql);

    /// <summary>From now on nothing is written but what somebody waits for: the process that does it by the way is held.</summary>
    public void HoldBackgroundWrites() => Execute("kill", "-STOP", $"{Query<int>("postgres", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")}");

    /// <summary>SIGKILL to all of it at once, as if the power went: nothing is closed, and what was not written is gone.</summary>
    public void Kill()
    {
        // The first of them would start the others again, so it goes first.
        using (var first = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture)))
            first.Kill();
        Assert.True(SpinWait.SpinUntil(() => !KillOthers(), TimeSpan.FromSeconds(30)));
        WaitForExit();
        File.Delete(Path.Combine(Data, "postmaster.pid"));
    }

    // Whether there were any. All of them have the data for a working folder.
    private bool KillOthers()
    {
        var found = false;
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    // Each calls itself by what it does: "postgres: walwriter".
                    if (!process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) || new DirectoryInfo($"/proc/{process.Id}/cwd").ResolveLinkTarget(true)?.FullName != Data)
                        continue;
                    process.Kill();
                    found = true;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception or InvalidOperationException)
                {
                    // It is gone by now.
                }
            }
        }
        return found;
    }
}
