using System.Diagnostics;

namespace Pawl.Stores.Tests;

/// <summary>A <see cref="Worker"/> as its test has it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static WorkerProcess Start(params string[] work)
    {
        var program = Environment.ProcessPath!;
        string[] command =
            Path.GetFileNameWithoutExtension(program) == "dotnet"
                ? [program, typeof(WorkerProcess).Assembly.Location, "worker", .. work]
                : [program, "worker", .. work];
        var info = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new(Process.Start(info)!);
    }

    /// <summary>Starts so many, and lets them all begin at once when all are there.</summary>
    public static async Task<WorkerProcess[]> StartAllAsync(int count, params string[] work)
    {
        var workers = Enumerable.Range(0, count).Select(_ => Start(work)).ToArray();
        foreach (var worker in workers)
            Assert.Equal("ready", await worker.ReadLineAsync());
        foreach (var worker in workers)
            worker.Go();
        return workers;
    }

    public void Go() => _process.StandardInput.WriteLine();

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

    /// <summary>Everything it says until it is done. Fails if it did not get that far.</summary>
    public async Task<List<string>> FinishAsync()
    {
        var lines = await ReadToEndAsync();
        Assert.True(lines is [.., "done"], $"A worker said at last: {lines.LastOrDefault()}");
        lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    public async Task<List<string>> ReadToEndAsync()
    {
        var lines = new List<string>();
        while (await ReadLineAsync() is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>SIGKILL: nothing is closed, nothing is written any more.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
