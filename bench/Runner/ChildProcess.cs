using System.Diagnostics;

namespace Pawl.Bench.Runner;

/// <summary>A process of the run's own: pinned to a CPU if asked, its errors passed on, ended with the run.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;

    public ChildProcess(IEnumerable<string> program, string folder, int? cpu)
    {
        // `taskset` replaces itself by what it starts: the process id is the program's.
        string[] command = [.. cpu is null ? Array.Empty<string>() : ["taskset", "-c", $"{cpu}"], .. program];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Directory.CreateDirectory(folder).FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["HOME"] = folder; // Data Protection keeps its keys below it; a benchmark leaves none behind.
        // On a single CPU the runtime waits ten times as long before it compiles hot code for good, and a warm-up would take minutes.
        // This takes the factor away; once everything is compiled it makes no difference.
        if (cpu is not null)
            start.Environment["DOTNET_TC_DelaySingleProcMultiplier"] = "1";
        process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    public int Id => process.Id;
    public bool HasExited => process.HasExited;
    public StreamWriter Input => process.StandardInput;
    public StreamReader Output => process.StandardOutput;

    /// <summary>Asks it to end, as Ctrl+C would, and waits until it has.</summary>
    public void Interrupt()
    {
        Process.Start("kill", ["-INT", $"{Id}"]).WaitForExit();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}
