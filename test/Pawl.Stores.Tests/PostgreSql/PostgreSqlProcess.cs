using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Pawl.Stores.Tests;

/// <summary>A PostgreSQL server.</summary>
public sealed class PostgreSqlProcess : DatabaseProcess
{
    private readonly string[] _settings;
    private readonly SmallDisk? _disk;

    /// <param name="settings">As <c>name=value</c>.</param>
    public PostgreSqlProcess(params string[] settings)
        : this(null, settings) { }

    private PostgreSqlProcess(SmallDisk? disk, string[] settings)
        : base("postgres")
    {
        _disk = disk;
        if (disk is not null)
            Execute("chown", "postgres", disk.Path);
        var initdb = AsUser(Find("initdb")!, "-D", Data, "-U", "pawl", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        Execute(initdb[0], initdb[1..]);
        // What is killed here are processes, not machines, so nothing has to reach a disk; that a commit waits or does not is the same.
        _settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={Port}",
            "unix_socket_directories=",
            "fsync=off",
            "max_connections=300",
            .. settings,
        ];
        Start();
    }

    private PostgreSqlProcess(PostgreSqlProcess source, int port, bool follows)
        : base("postgres")
    {
        string[] options = follows ? ["-R"] : [];
        var copy = AsUser(
            Find("pg_basebackup")!,
            ["-D", Data, "-h", "127.0.0.1", "-p", $"{port}", "-U", "pawl", "-X", "stream", "-c", "fast", "--no-sync", .. options]
        );
        Execute(copy[0], copy[1..]);
        _settings = [.. source._settings.Select(s => s.StartsWith("port=", StringComparison.Ordinal) ? $"port={Port}" : s)];
    }

    public static bool IsHere => Find("initdb") is not null && Find("postgres") is not null;

    private string Data => Path.Combine(_disk?.Path ?? Folder, "data");

    private int Postmaster => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username=pawl";

    public void Start() =>
        Start(
            "database system is ready to accept",
            Find("postgres")!,
            ["-D", Data, .. _settings.SelectMany(static s => new[] { "-c", s })]
        );

    /// <summary>A server on a disk of its own.</summary>
    public static PostgreSqlProcess On(SmallDisk disk, params string[] settings) => new(disk, settings);

    /// <summary>Leaves no room on its disk. Returns the file that has taken it.</summary>
    public string FillDisk()
    {
        var filler = Path.Combine(Data, "filler");
        using var file = File.Create(filler);
        try
        {
            for (var block = new byte[64 * 1024]; ; )
                file.Write(block);
        }
        catch (IOException)
        {
            return filler;
        }
    }

    /// <summary>A physical copy of it as it is now, on a port and in a folder of its own, that has not been started.</summary>
    public PostgreSqlProcess BackUp() => new(this, Port, follows: false);

    /// <summary>The same, as a standby that follows it through a port; it has not been started.</summary>
    public PostgreSqlProcess MakeStandby(int port) => new(this, port, follows: true);

    /// <summary>Ends it as an operator does, without waiting for those who are connected.</summary>
    public void Shut()
    {
        Execute("kill", "-INT", Postmaster.ToString(CultureInfo.InvariantCulture));
        WaitForExit();
    }

    public T Query<T>(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=False");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    public void Execute(string sql) => Query<object?>("postgres", sql);

    /// <summary>From now on nothing is written but what somebody waits for: the process that does it by the way is held.</summary>
    public void HoldBackgroundWrites() =>
        Execute("kill", "-STOP", $"{Query<int>("postgres", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")}");

    /// <summary>SIGKILL to all of it at once, as if the power went: nothing is closed, and what was not written is gone.</summary>
    public void Kill()
    {
        // The first of them would start the others again, so it goes first.
        using (var first = Process.GetProcessById(Postmaster))
            first.Kill();
        Assert.True(SpinWait.SpinUntil(() => !KillOthers(), TimeSpan.FromSeconds(30)));
        WaitForExit();
        File.Delete(Path.Combine(Data, "postmaster.pid"));
    }

    public override void Dispose()
    {
        Stop();
        _disk?.Dispose();
        base.Dispose();
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
                    if (
                        !process.ProcessName.StartsWith("postgres", StringComparison.Ordinal)
                        || new DirectoryInfo($"/proc/{process.Id}/cwd").ResolveLinkTarget(true)?.FullName != Data
                    )
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
