using System.Diagnostics;
using Npgsql;

namespace Pawl.Stores.Tests;

/// <summary>A PostgreSQL server.</summary>
public sealed class PostgreSqlProcess : DatabaseProcess
{
    private readonly string[] _settings;

    /// <param name="settings">As <c>name=value</c>.</param>
    public PostgreSqlProcess(params string[] settings)
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

    /// <summary>SIGKILL, as the kernel does when memory is short: nothing is closed, and what was not written is gone.</summary>
    public void Kill()
    {
        using (var postmaster = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First())))
            postmaster.Kill();
        WaitForExit();
        // Its children notice by themselves, and hold on to the files until then.
        Assert.True(SpinWait.SpinUntil(() => !IsInUse(), TimeSpan.FromSeconds(30)));
        File.Delete(Path.Combine(Data, "postmaster.pid"));
    }

    private bool IsInUse() => Process.GetProcessesByName("postgres").Any(p =>
    {
        using (p)
        {
            try
            {
                return new DirectoryInfo($"/proc/{p.Id}/cwd").ResolveLinkTarget(true)?.FullName == Data;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    });
}
