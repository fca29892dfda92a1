using System.Diagnostics;

namespace Pawl.Bench.Runner;

/// <summary>
/// A database server that a contest, or a growth run, starts for itself: its own port on loopback, a folder of its own, ended with it.
/// </summary>
internal abstract class DatabaseServer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private ChildProcess? process;

    public int Port { get; } = Ports.FindFree();
    public string Folder { get; } = Directory.CreateTempSubdirectory("pawl-bench-db-").FullName;

    /// <summary>Its process; what it starts is counted with it.</summary>
    public int ProcessId => process!.Id;

    /// <summary>Version and settings, for the table's head.</summary>
    public abstract string Description { get; }

    /// <summary>What tells a peer to keep its data here, in a database of its own.</summary>
    public abstract string[] ArgumentsFor(string project);

    /// <summary>Whether the programs are installed.</summary>
    public static bool Exists(DatabaseKind kind) =>
        kind switch
        {
            DatabaseKind.PostgreSql => PostgreSqlServer.Find("postgres") is not null && PostgreSqlServer.Find("pgbench") is not null,
            DatabaseKind.Redis => Execute(["which", "redis-server", "redis-benchmark", "redis-cli"], mayFail: true) is not null,
            _ => true,
        };

    public static DatabaseServer? Start(DatabaseKind kind) =>
        kind switch
        {
            DatabaseKind.PostgreSql => new PostgreSqlServer(),
            DatabaseKind.Redis => new RedisServer(),
            _ => null,
        };

    public void Dispose()
    {
        process?.Interrupt();
        process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    protected void Run(IEnumerable<string> command, Func<bool> isReady)
    {
        process = new ChildProcess(command, Folder, cpu: null);
        for (var deadline = DateTime.UtcNow + StartLimit; !isReady(); Thread.Sleep(50))
        {
            if (process.HasExited || DateTime.UtcNow > deadline)
                throw new InvalidOperationException($"{command.First()} did not start.");
        }
    }

    /// <summary>Runs a program to its end and returns what it said; null if it failed and may.</summary>
    public static string? Execute(IEnumerable<string> command, bool mayFail = false)
    {
        var start = new ProcessStartInfo(command.First(), command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using var program = Process.Start(start)!;
        var error = program.StandardError.ReadToEndAsync();
        var said = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        if (program.ExitCode == 0)
            return said;
        return mayFail ? null : throw new InvalidOperationException($"{string.Join(' ', command)}: {error.Result}");
    }
}

/// <summary>Which server a contest's data is in. SQLite is in the peer's own process.</summary>
internal enum DatabaseKind
{
    Sqlite,
    PostgreSql,
    Redis,
}
