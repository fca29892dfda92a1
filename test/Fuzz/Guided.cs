using System.Diagnostics;

namespace Pawl.Fuzz;

/// <summary>
/// Runs afl-fuzz on every target in turn, over a copy of this program in which Pawl's assemblies say by which code they go (SharpFuzz).
/// What it finds stays in the folder it is given.
/// </summary>
internal static class Guided
{
    private static readonly string[] Instrumented = ["Pawl.dll", "Pawl.AspNetCore.dll", "Pawl.Server.dll"];

    /// <summary>The figures of afl-fuzz that are worth a line.</summary>
    private static readonly string[] Figures = ["execs_done", "edges_found", "corpus_count", "saved_crashes", "saved_hangs", "stability"];

    public static int Run(string folder, int seconds)
    {
        var count = Target.All.Count;
        folder = Path.GetFullPath(folder);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var (program, seeds) = (Path.Combine(folder, "program"), Path.Combine(folder, "seeds"));
        Copy(AppContext.BaseDirectory, program);
        Seeds.Write(seeds);
        foreach (var assembly in Instrumented)
            Start("dotnet", ["tool", "run", "sharpfuzz", Path.Combine(program, assembly)]);

        var broken = 0;
        foreach (var target in Target.All)
        {
            var found = Directory.CreateDirectory(Path.Combine(folder, "found", target.Name)).FullName;
            Start(
                "afl-fuzz",
                [
                    "-i",
                    Path.Combine(seeds, target.Name),
                    "-o",
                    found,
                    "-x",
                    Path.Combine(program, "afl.dict"),
                    "-t",
                    "5000",
                    "-m",
                    "none",
                    "-V",
                    $"{Math.Max(2, seconds / count)}",
                    "--",
                    "dotnet",
                    Path.Combine(program, "Fuzz.dll"),
                    "afl",
                    target.Name,
                ]
            );
            var statistics = File.ReadLines(Path.Combine(found, "default", "fuzzer_stats"))
                .Select(static line => line.Split(':', 2, StringSplitOptions.TrimEntries))
                .ToDictionary(static parts => parts[0], static parts => parts[1]);
            Console.WriteLine($"{target.Name, -9} {string.Join(", ", Figures.Select(figure => $"{figure} {statistics[figure]}"))}");
            if (statistics["saved_crashes"] != "0" || statistics["saved_hangs"] != "0")
            {
                broken++;
                Console.WriteLine(
                    $"  The inputs are in {Path.Combine(found, "default")}; 'Fuzz check {target.Name} FILE' says what each breaks."
                );
            }
        }
        Console.WriteLine($"{count - broken} targets held, {broken} broken");
        return broken == 0 ? 0 : 1;
    }

    private static void Start(string command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // It would ask that the machine be set up for it: where core dumps go, how fast the processor runs, which core is its own. And
        // dotnet is no program it knows.
        foreach (var name in new[] { "SKIP_BIN_CHECK", "I_DONT_CARE_ABOUT_MISSING_CRASHES", "SKIP_CPUFREQ", "NO_AFFINITY", "NO_UI" })
            start.Environment[$"AFL_{name}"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} ended with exit code {process.ExitCode}.\n{output.Result}\n{errors.Result}");
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
