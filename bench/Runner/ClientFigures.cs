using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pawl.Bench.Runner;

/// <summary>What Pawl.Client adds to a request, by BenchmarkDotNet: <c>clients/dotnet</c> as a section of the results.</summary>
internal static partial class ClientFigures
{
    public const string Title = ".NET client";

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
        var text = new StringBuilder($"\n## {Title}\n\n");
        text.AppendLine(
            "BenchmarkDotNet in one process, without a network. `GetTokenAsync` hands out a token that is fresh; `RequestWithSession`"
        );
        text.AppendLine(
            "is `Request` through the handler. `MadeProof` is a request of a bound session (DPoP) without a server; an app in the"
        );
        text.AppendLine("same process answers `ServedWithProof` and `ServedWithoutProof`.\n");
        text.AppendLine("| | mean | deviation | allocated |\n| --- | --- | --- | --- |");
        foreach (var (method, mean, deviation, allocated) in rows)
            text.AppendLine($"| {method} | {mean} | {deviation} | {allocated} |");
        text.AppendLine("\n### Targets\n\n| | target | measured | |\n| --- | --- | --- | --- |");
        var bytes = rows.Single(static row => row.Method == "GetTokenAsync").Allocated;
        Target("`GetTokenAsync`, bytes", bytes == "0 B", "0 B", bytes);
        Limit("`GetTokenAsync`", 0.1, Mean("GetTokenAsync"));
        Limit("`MadeProof`", 100, Mean("MadeProof"));
        Limit("the server's part of a proof", 150, Mean("ServedWithProof") - Mean("ServedWithoutProof") - Mean("MadeProof"));
        return text.ToString();

        double Mean(string method) => Microseconds(rows.Single(row => row.Method == method).Mean);

        void Limit(string promise, double limit, double measured) =>
            Target($"{promise}, µs", measured <= limit, $"≤ {Number(limit)}", Number(measured));

        void Target(string promise, bool isMet, string target, string measured) =>
            text.AppendLine($"| {promise} | {target} | {measured} | {(isMet ? "met" : "**missed**")} |");
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    // Such as "1,234.5 ns".
    private static double Microseconds(string time) =>
        time.Split(' ') is [var number, var unit] && double.TryParse(number, CultureInfo.InvariantCulture, out var value)
            ? value
                * unit switch
                {
                    "ns" => 1e-3,
                    "ms" => 1e3,
                    _ => 1,
                }
            : throw new FormatException($"Not a time: {time}");

    private static IEnumerable<(string Method, string Mean, string Deviation, string Allocated)> ReadRows(string file)
    {
        var lines = File.ReadAllLines(file);
        var names = Split(lines[0]);
        return lines.Skip(1).Select(Split).Select(Read);

        (string, string, string, string) Read(string[] cells)
        {
            return (Cell("Method"), Cell("Mean"), Cell("StdDev"), Cell("Allocated"));

            string Cell(string name) => cells[Array.IndexOf(names, name)];
        }
    }

    // A cell with a comma stands in quotes.
    private static string[] Split(string line) => [.. Cells().Matches(line).Select(static cell => cell.Groups[1].Value.Trim('"'))];

    [GeneratedRegex("""("[^"]*"|[^,]*)(?:,|$)""")]
    private static partial Regex Cells();
}
