using System.Globalization;
using System.Text;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>Writes the rows between the markers of bench/clients/RESULTS.md.</summary>
internal static class Table
{
    private const string End = "<!-- end -->";

    public static void Write(Browser browser, IReadOnlyList<Row> rows)
    {
        var path = Repository.File("bench/clients/RESULTS.md");
        var text = File.ReadAllText(path);
        var begin = $"<!-- begin: {(Roster.IsOfOthers ? "others" : $"{browser}")}, written by ./build.cs e2e -->";
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(End, from, StringComparison.Ordinal);
        File.WriteAllText(path, text[..from] + "\n" + Describe(rows) + text[to..]);
    }

    private static string Describe(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder(Summary.Describe(rows)).Append("\n<details>\n<summary>Each scenario</summary>\n");
        foreach (var scenario in Roster.Scenarios)
        {
            var its = rows.Where(row => row.Scenario == scenario.Id).ToList();
            if (its.Count == 0)
                continue;
            text.Append(CultureInfo.InvariantCulture, $"\n#### {scenario.Id}: {scenario.What}\n\n");
            text.Append(
                "| Client | Tabs | Expiries | Refreshes | of them made to fail | 401 | Requests | failed | Sign-outs | Hangs | "
                    + "Seconds |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
            );
            foreach (
                var r in its.OrderBy(static row => Roster.Subjects.TakeWhile(s => s.Name != row.Client).Count())
                    .ThenBy(static row => row.Tabs)
            )
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {r.Client} | {r.Tabs} | {(scenario.HasOwnServer ? "–" : r.Expiries)} | {r.Refreshes} | {r.Broken} | "
                        + $"{r.Refused} | {r.Asked} | {Mark(r.Failed)} | {Mark(r.SignOuts)} | {Mark(r.Hangs)} | {r.Seconds:0.0} |\n"
                );
            }
        }
        return text.Append("\n</details>\n\n").ToString();
    }

    private static string Mark(int count) => count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"**{count}**");
}
