using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Pawl.EndToEnd.Harness;

/// <summary>
/// A server, as a program of its own with a folder of its own. It can be killed, and comes back on the same port and file.
/// </summary>
public sealed class ServerProcess : IServer, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly ServerProgram _program;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-e2e-");
    private readonly List<string> _output = [];
    private Process? _process;

    private ServerProcess(ServerProgram program) => _program = program;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{Ports.FindFree()}");

    /// <summary>What it has written to its console so far, over all its lives.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_output)
                return [.. _output];
        }
    }

    public static async Task<ServerProcess> StartAsync(ServerProgram program)
    {
        var server = new ServerProcess(program);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it (again), and returns when it answers.</summary>
    public async Task StartAsync()
    {
        var process = _process = ServerLauncher.Start(_program.Describe(_folder, Address), Take);

        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (process.HasExited || watch.Elapsed > Patience)
                throw new InvalidOperationException($"The server did not start.\n{string.Join('\n', Output)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Pulls the plug: no goodbye, nothing flushed.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>Copies all that it keeps, while it is not running: a backup.</summary>
    public DirectoryInfo Save()
    {
        var copy = Directory.CreateTempSubdirectory("pawl-e2e-");
        Copy(_folder, copy);
        return copy;
    }

    /// <summary>Puts a backup in the place of what it keeps, while it is not running; the backup is gone then.</summary>
    public void Restore(DirectoryInfo copy)
    {
        TemporaryFolder.Delete(_folder.FullName);
        _folder.Create();
        Copy(copy, _folder);
        TemporaryFolder.Delete(copy.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        TemporaryFolder.Delete(_folder.FullName);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var response = await Probe.GetAsync(new Uri(Address, _program.Probe), TestContext.Current.CancellationToken);
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        foreach (var file in from.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var target = new FileInfo(Path.Combine(to.FullName, Path.GetRelativePath(from.FullName, file.FullName)));
            target.Directory!.Create();
            file.CopyTo(target.FullName);
        }
    }

    private void Take(string line)
    {
        lock (_output)
            _output.Add(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {line}"));
    }
}
