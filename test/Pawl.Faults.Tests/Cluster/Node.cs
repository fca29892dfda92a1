using System.Diagnostics;
using System.Net;

namespace Pawl.Faults.Tests;

/// <summary>The real server, one of several on a store. It can be killed, and comes back on the same port.</summary>
internal sealed class Node : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-node-");
    private readonly List<string> _said = [];
    private readonly IReadOnlyList<(string Name, string Value)> _settings;
    private Process? _process;

    /// <param name="wire">How it reaches its store.</param>
    /// <param name="settings">As environment variables.</param>
    public Node(Wire wire, IReadOnlyList<(string Name, string Value)> settings)
    {
        Wire = wire;
        _settings = settings;
        Address = new($"http://127.0.0.1:{Ports.FindFree()}");
    }

    public Uri Address { get; }

    public Wire Wire { get; }

    /// <summary>How far its clock is ahead of the true one, from the next start on.</summary>
    public TimeSpan ClockError { get; set; }

    /// <summary>What it has written so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return string.Join('\n', _said);
        }
    }

    /// <summary>Starts it (again), and returns when it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var process = _process = ServerLauncher.Start(Describe("--urls", Address.ToString()), Take);
        for (var watch = Stopwatch.StartNew(); !await AnswersAsync(cancellationToken); await Task.Delay(50, cancellationToken))
        {
            if (process.HasExited || watch.Elapsed > Patience)
                throw new InvalidOperationException($"A node did not start.\n{Said}");
        }
    }

    /// <summary>Runs a command of an operator's beside it, and fails if that does.</summary>
    public async Task RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        using var process = Process.Start(Describe(command))!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, output + await error);
    }

    /// <summary>SIGKILL: whatever it was at is not answered.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        TemporaryFolder.Delete(_folder.FullName);
    }

    private ProcessStartInfo Describe(params string[] arguments)
    {
        var start = ServerLauncher.Describe(_folder.FullName, arguments);
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        if (ClockError != default)
            WrongClock.Set(start.Environment, ClockError);
        return start;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Probe.GetAsync(new Uri(Address, "/health"), cancellationToken);
            return response.StatusCode is HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Take(string line)
    {
        lock (_said)
            _said.Add($"{DateTime.UtcNow:HH:mm:ss.fff} {line}");
    }
}
