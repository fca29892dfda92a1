using System.Globalization;
using System.Text;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>What the runs of a client came to, all scenarios and numbers of tabs together: for whoever does not read the tables.</summary>
internal static class Summary
{
    public static string Describe(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        text.Append(
            "\n| Client | Runs | with a failed request | with a sign-out that nobody asked for | with a hang | with more refreshes "
                + "than expiries | without any of these |\n|---|--:|--:|--:|--:|--:|--:|\n"
        );
        foreach (
            var its in from row in rows
            group row by row.Client into its
            orderby Roster.Subjects.TakeWhile(s => s.Name != its.Key).Count()
            select its
        )
        {
            var counts = string.Join(
                " | ",
                Count(its, Fails),
                Count(its, IsSignedOut),
                Count(its, Hangs),
                Count(its, RefreshesTooOften),
                its.Count(IsClean)
            );
            text.Append(CultureInfo.InvariantCulture, $"| {its.Key} | {its.Count()} | {counts} |\n");
        }
        return text.ToString();
    }

    private static bool IsClean(Row row) => !Fails(row) && !IsSignedOut(row) && !Hangs(row) && !RefreshesTooOften(row);

    private static bool Fails(Row row) => row.Failed > 0;

    private static bool IsSignedOut(Row row) => row.SignOuts > 0;

    private static bool Hangs(Row row) => row.Hangs > 0;

    // Besides those that were made to fail; and where a server is killed, nobody knows how many are due.
    private static bool RefreshesTooOften(Row row) =>
        row.Refreshes - row.Broken > row.Expiries && !Roster.Scenarios.Single(s => s.Id == row.Scenario).HasOwnServer;

    private static string Count(IEnumerable<Row> rows, Func<Row, bool> what) =>
        rows.Count(what) is var count && count == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"**{count}**");
}
