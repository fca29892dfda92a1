using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace Pawl.Bench.Runner;

/// <summary>What a figure means nothing without: the machine and the versions.</summary>
internal static class Machine
{
    public static string Processor { get; } = ReadProcessor();

    public static string System { get; } =
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}";

    /// <summary>True if `taskset` is there and the machine has a core each for server and load.</summary>
    public static bool CanPin { get; } = Environment.ProcessorCount >= 2 && HasTaskset();

    /// <summary>The pinned packages, as the peers' own package list says them.</summary>
    public static IEnumerable<string> Packages() =>
        XDocument
            .Load(Path.Combine(Builds.Folder, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .Select(package => $"{package.Attribute("Include")?.Value} {package.Attribute("Version")?.Value}");

    private static string ReadProcessor()
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(": ")[1];
        return $"{model ?? "unknown"}, {Environment.ProcessorCount} cores";
    }

    private static bool HasTaskset()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("taskset", ["--version"]) { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
