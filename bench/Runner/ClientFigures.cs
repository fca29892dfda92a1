using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Pawl.Bench.Runner;

/// <summary>What Pawl.Client adds to a request, by BenchmarkDotNet: <c>clients/dotnet</c> as a section of the results.</summary>
internal static class ClientFigures
{
    public const string Title = ".NET client";

    private const string Measured = "GetTokenAsync";
    private const double Limit = 100;

    /// <summary>Measures in the given folder, which takes minutes.</summary>
    public static async Task<string> MeasureAsync(string folder)
    {
        Console.Error.WriteLine(Title);
        var project = Path.Combine(Builds.Folder, "clients", "dotnet");
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", "--project", project, "--", "-a", folder, "-e", "csv"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*-report.csv", SearchOption.AllDirectories) : [];
        return process.ExitCode == 0 && files.Length > 0
            ? Write([.. files.SelectMany(ReadRows)])
            : throw new InvalidOperationException($"{project} has measured nothing:\n{output}");
    }

    private static string Write(List<(string Method, string Mean, string Deviation, string Allocated)> rows)
    {
        var text = new StringBuilder($"\n## {Title}\n\nBenchmarkDotNet in one process, without a network. ");
        text.AppendLine($"`{Measured}` hands out a token that is fresh; `RequestWithSession` is `Request` through the handler.");
        text.AppendLine(
            "`MadeProof` is the same in a session with `UseDpop`. `ServedWithoutProof` and `ServedWithProof` go through an app in the"
        );
        text.AppendLine("same process; the difference, less `MadeProof`, is what the server needs for a proof.\n");
        text.AppendLine("| | mean | deviation | allocated |\n| --- | --- | --- | --- |");
        foreach (var (method, mean, deviation, allocated) in rows)
            text.AppendLine($"| {method} | {mean} | {deviation} | {allocated} |");
        var measured = rows.Single(static row => row.Method == Measured);
        var isMet =
            measured.Allocated == "0 B"
            && measured.Mean.EndsWith(" ns", StringComparison.Ordinal)
            && double.Parse(measured.Mean[..^3], CultureInfo.InvariantCulture) <= Limit;
        text.AppendLine($"\n### Targets\n\n| | target | measured | |\n| --- | --- | --- | --- |");
        text.AppendLine($"| {Measured} | ≤ {Limit} ns, 0 B | {measured.Mean}, {measured.Allocated} | {(isMet ? "met" : "**missed**")} |");
        return text.ToString();
    }

    private static IEnumerable<(string Method, string Mean, string Deviation, string Allocated)> ReadRows(string file)
    {
        var lines = File.ReadAllLines(file);
        var names = lines[0].Split(',');
        return lines.Skip(1).Select(static line => line.Split(',')).Select(Read);

        (string, string, string, string) Read(string[] cells)
        {
            return (Cell("Method"), Cell("Mean"), Cell("StdDev"), Cell("Allocated"));

            string Cell(string name) => cells[Array.IndexOf(names, name)];
        }
    }
}
