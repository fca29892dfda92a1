using System.Globalization;

namespace Pawl.Bench.Load;

/// <summary>What the kernel says a process and its children have used, from /proc (Linux).</summary>
internal static class ProcessUsage
{
    // USER_HZ: what /proc counts in, 100 on every architecture that .NET runs on. The kernel keeps nanoseconds and rounds only the answer.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of the process, of children it has waited for, and of those still running.</summary>
    public static double CpuSeconds(int processId) =>
        Tree(processId)
            .Sum(id =>
            {
                if (TryRead($"/proc/{id}/stat") is not { } stat)
                    return 0;
                // The name in parentheses may hold anything; field 3 comes after it.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                // The four are utime, stime, cutime and cstime.
                return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
            });

    /// <summary>What this process' children had used that are over.</summary>
    public static double ReapedCpuSeconds()
    {
        var fields = File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ');
        return fields[13..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>
    /// What all processes and the kernel have used since the machine started: user, nice, system, irq, softirq and steal.
    /// </summary>
    public static double MachineCpuSeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9];
        int[] notIdle = [0, 1, 2, 5, 6, 7];
        return notIdle.Sum(i => double.Parse(fields[i], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Forgets the largest resident set so far; where that is not allowed the peak is that of the process's life.</summary>
    public static void ResetPeakRss(int processId)
    {
        try
        {
            File.WriteAllText($"/proc/{processId}/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    public static double PeakRssMiB(int processId) =>
        Tree(processId)
            .Sum(id =>
                File.ReadLines($"/proc/{id}/status")
                    .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    .Sum(line =>
                        double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024
                    )
            );

    // A database's helpers come and go. What one used that has gone is its parent's by the next reading.
    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<int> Tree(int processId) =>
        Tasks(processId)
            .SelectMany(task => (TryRead(Path.Combine(task, "children")) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .SelectMany(child => Tree(int.Parse(child, CultureInfo.InvariantCulture)))
            .Prepend(processId);

    private static string[] Tasks(int processId)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{processId}/task");
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
