using System.Diagnostics;

namespace Pawl.Stores.Tests;

/// <summary>
/// A database server or a pooler, with its own port and folder. It stops when the test process ends, even if that is killed.
/// </summary>
public abstract class DatabaseProcess : IDisposable
{
    private const string PostgreSqlVersions = "/usr/lib/postgresql";

    // The shell ends the program when the shell's input ends, which happens even if the test process is killed.
    // A background program of a shell has no input by default, hence the second name for the input.
    private const string Guard = """
        exec 3<&0
        "$@" 3<&- & child=$!
        { cat <&3 > /dev/null; kill -TERM $child; } 2> /dev/null &
        wait $child
        kill $! 2> /dev/null
        """;

    private readonly List<string> _said = [];
    private readonly string? _user;
    private Process? _process;

    /// <param name="user">Whom it runs as where these tests run as root; null if root will do.</param>
    protected DatabaseProcess(string? user)
    {
        _user = IsRoot ? user : null;
        Port = Ports.FindFree();
        Folder = Directory.CreateTempSubdirectory("pawl-db-").FullName;
        if (_user is not null)
            Execute("chown", _user, Folder);
    }

    public int Port { get; }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasExited => _process is not { HasExited: false };

    protected string Folder { get; }

    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>A program on the path, or where Debian keeps the server's; the newest first.</summary>
    protected static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Concat(
                Directory.Exists(PostgreSqlVersions)
                    ? Directory.GetDirectories(PostgreSqlVersions).OrderDescending().Select(static version => Path.Combine(version, "bin"))
                    : []
            )
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    protected void Start(string readiness, string program, params string[] arguments)
    {
        var command = AsUser(program, arguments);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Process.Start(
            new ProcessStartInfo("sh", ["-c", Guard, "sh", .. command])
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                WorkingDirectory = Folder,
            }
        )!;
        _process.ErrorDataReceived += Take;
        _process.OutputDataReceived += Take;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        if (!ready.Task.Wait(TimeSpan.FromSeconds(60)))
            throw new InvalidOperationException($"{program} did not start.\n{string.Join('\n', _said)}");

        void Take(object sender, DataReceivedEventArgs e)
        {
            lock (_said)
                _said.Add(e.Data ?? "");
            if (e.Data?.Contains(readiness, StringComparison.Ordinal) == true)
                ready.TrySetResult();
        }
    }

    protected static void Execute(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath(),
            }
        )!;
        var said = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {said.Result} {error}");
    }

    /// <summary>The command as the user whose programs these are.</summary>
    protected string[] AsUser(string program, params string[] arguments) =>
        _user is not null
            ? ["setpriv", $"--reuid={_user}", $"--regid={_user}", "--clear-groups", program, .. arguments]
            : [program, .. arguments];

    /// <summary>Waits until it is gone.</summary>
    protected void WaitForExit()
    {
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Stop()
    {
        _process?.StandardInput.Close();
        WaitForExit();
    }

    public virtual void Dispose()
    {
        Stop();
        TemporaryFolder.Delete(Folder);
        GC.SuppressFinalize(this);
    }
}
