using System.Globalization;
using System.Text;

namespace Pawl.Conformance.Tests;

/// <summary>Writes <c>docs/conformance.md</c>.</summary>
internal static class ConformanceTable
{
    public const string Path = "docs/conformance.md";

    private static readonly string[] Priorities = ["P0", "P1", "P2"];

    public static string Write(IReadOnlyList<Requirement> requirements, IReadOnlyList<Attack> attacks, IReadOnlyList<NamedTest> tests)
    {
        var of = tests.SelectMany(static test => test.Ids.Select(id => (Id: id, Test: test))).ToLookup(static pair => pair.Id, static pair => pair.Test);
        var text = new StringBuilder();
        text.Append(
            """
            # Conformance

            Which test proves which requirement. Written by `./build.cs conformance` from [spec/requirements.md](../spec/requirements.md),
            [spec/attacks.md](../spec/attacks.md) and what the tests say of themselves; the build fails where it is out of date, or a row of P0 or P1 has no test.

            """);
        text.Append("\n| | Rows | With tests | Without | Not offered |\n|---|---|---|---|---|\n");
        foreach (var priority in Priorities)
            Count(text, priority, [.. requirements.Where(r => r.Priority == priority).Select(r => (r.IsOffered, HasTest: of[r.Id].Any()))]);
        Count(text, "All", [.. requirements.Select(r => (r.IsOffered, HasTest: of[r.Id].Any()))]);
        Count(text, "Attacks", [.. attacks.Select(a => (a.IsOffered, HasTest: of[a.Id].Any()))]);
        text.Append(CultureInfo.InvariantCulture, $"\n{tests.Count} tests name a row or an attack.\n");

        foreach (var group in requirements.GroupBy(static r => r.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {group.Key}\n\n| Id | | Requirement | Sources | Tests |\n|---|---|---|---|---|\n");
            foreach (var row in group)
                text.Append(CultureInfo.InvariantCulture, $"| {row.Id} | {row.Priority} | {row.Text} | {row.Sources} | {Proof(row.Status, of[row.Id])} |\n");
        }

        text.Append("\n## Attacks\n\n| Id | Attack | Real cases | What the test does | Rows | Tests |\n|---|---|---|---|---|---|\n");
        foreach (var row in attacks)
            text.Append(CultureInfo.InvariantCulture, $"| {row.Id} | {row.Name} | {row.Cases} | {row.Test} | {string.Join(", ", row.Requirements)} | {Proof(row.Status, of[row.Id])} |\n");
        return text.ToString();
    }

    private static void Count(StringBuilder text, string what, IReadOnlyList<(bool IsOffered, bool HasTest)> rows) => text.Append(
        CultureInfo.InvariantCulture,
        $"| {what} | {rows.Count} | {rows.Count(static r => r.IsOffered && r.HasTest)} | {rows.Count(static r => r.IsOffered && !r.HasTest)} | {rows.Count(static r => !r.IsOffered)} |\n");

    private static string Proof(string status, IEnumerable<NamedTest> tests)
    {
        if (status.Length > 0)
            return $"*{status}*";
        var proofs = tests.Select(static test => $"`{Short(test.File)}: {test.Name.Replace("|", "\\|", StringComparison.Ordinal)}`").ToList();
        return proofs.Count > 0 ? string.Join("<br>", proofs) : "**none**";
    }

    private static string Short(string file) => file.StartsWith("test/", StringComparison.Ordinal) ? file["test/".Length..] : file;
}
