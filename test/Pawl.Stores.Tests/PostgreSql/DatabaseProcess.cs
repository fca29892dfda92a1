using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Pawl.Stores.Tests;

/// <summary>A database server, or what stands before one: a program of its own, on a port and in a folder of its own, that stops when this process does, however that ends.</summary>
public abstract class DatabaseProcess : IDisposable
{
    // Neither program runs as root. The shell ends it when its own input ends, which even a killed test sees to.
    // What a shell runs in the background reads nothing unless told to, hence the second name for the input.
    private const string Guard = """
        exec 3<&0
        "$@" 3<&- & child=$!
        { cat <&3 > /dev/null; kill -TERM $child; } 2> /dev/null &
        wait $child
        kill $! 2> /dev/null
        """;

    private readonly List<string> _said = [];
    private Process? _process;

    protected DatabaseProcess()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        Folder = Directory.CreateTempSubdirectory("pawl-db-").FullName;
        if (IsRoot)
            Execute("chown", "postgres", Folder);
    }

    public int Port { get; }

    protected string Folder { get; }

    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>A program on the path, or where Debian keeps the server's; the newest first.</summary>
    protected static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(static version => Path.Combine(version, "bin")) : [])
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    protected void Start(string readiness, string program, params string[] arguments)
    {
        var command = AsUser(program, arguments);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Process.Start(new ProcessStartInfo("sh", ["-c", Guard, "sh", .. command]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Folder })!;
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
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() })!;
        var said = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {said.Result} {error}");
    }

    /// <summary>The command as the user whose programs these are.</summary>
    protected static string[] AsUser(string program, params string[] arguments) =>
        IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments] : [program, .. arguments];

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

    public void Dispose()
    {
        Stop();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
