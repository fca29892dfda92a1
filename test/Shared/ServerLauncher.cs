using System.Diagnostics;
using System.Reflection;

namespace Pawl.Testing;

/// <summary>Starts Pawl.Server, or a sample, as a program of its own that knows nothing of this machine's settings.</summary>
internal static class ServerLauncher
{
    /// <summary>How the program is started. It keeps its files, also the Data Protection keys, in the folder.</summary>
    public static ProcessStartInfo Describe(string folder, params IEnumerable<string> arguments) =>
        DescribeProgram("ServerProgram", folder, arguments);

    /// <param name="program">The name of the assembly metadata that says where the build has put the program.</param>
    /// <param name="folder">The only folder that it writes to.</param>
    /// <param name="arguments">Those of its command line.</param>
    public static ProcessStartInfo DescribeProgram(string program, string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [FindProgram(program), .. arguments]
        )
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = folder;
        return start;
    }

    /// <summary>Starts a program and passes on each line that it writes.</summary>
    public static Process Start(ProcessStartInfo start, Action<string> onLine)
    {
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} cannot be started.");
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Take(string? line)
        {
            if (line is not null)
                onLine(line);
        }
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Pawl", StringComparison.OrdinalIgnoreCase);

    // The build says where the program is. If the output was moved to another folder since, the program is beside these tests.
    private static string FindProgram(string program)
    {
        var assembly = typeof(ServerLauncher).Assembly;
        var built = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == program).Value!;
        var name = Path.GetFileName(built);
        var beside = AppContext.BaseDirectory.Replace(
            assembly.GetName().Name!,
            Path.GetFileNameWithoutExtension(name),
            StringComparison.Ordinal
        );
        return new[] { built, Path.Combine(beside, name) }.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{built} is not there; build it: dotnet build Pawl.slnx -c Release.");
    }
}
