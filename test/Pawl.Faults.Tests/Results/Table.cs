using System.Globalization;
using System.Reflection;
using System.Text;

namespace Pawl.Faults.Tests;

/// <summary>Writes the rows between the markers of docs/evidence.md.</summary>
internal static class Table
{
    private const string Begin = "<!-- begin: written by ./build.cs faults -->";
    private const string End = "<!-- end -->";

    public static void Write(IReadOnlyList<Row> rows)
    {
        var root = typeof(Table).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "Root").Value!;
        var path = Path.Combine(root, "docs/evidence.md");
        var text = File.ReadAllText(path);
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        File.WriteAllText(path, text[..from] + "\n\n" + Describe(rows) + "\n" + text[text.IndexOf(End, from, StringComparison.Ordinal)..]);
    }

    public static string Describe(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder(
            "| Store | Fault | Seconds | Sign-outs | Requests | 503 | Lost | Longest outage | Signed out | Alive | Forked | "
                + "Verdict |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
        );
        foreach (var r in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {r.Store} | {r.Fault} | {r.Seconds:0} | {r.Ended} | {r.Requests} | {r.Unavailable} | {r.Lost} | {r.Outage:0.0} s "
                    + $"| {Mark(r.SignedOut.Count, r.Forgotten)} | {Mark(r.Alive.Count, r.Revived)} | {Mark(r.Forked.Count)} | "
                    + $"{Judge(r)} |\n"
            );
        }
        return text.ToString();
    }

    private static string Judge(Row row) =>
        !row.Holds ? $"**broken**{(row.Unfit.Count > 0 ? $", {row.Unfit.Count} answers that should not be" : "")}"
        : row.Forgets ? "holds, with `sessions end-all`"
        : "holds";

    private static string Mark(int count, int announced = 0) =>
        (count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"**{count}**"))
        + (announced == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({announced})"));
}
