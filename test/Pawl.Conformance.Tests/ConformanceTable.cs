using System.Globalization;
using System.Text;

namespace Pawl.Conformance.Tests;

/// <summary>
/// Writes which test proves which requirement. The whole table changes with every test, so the repository keeps its summary only.
/// </summary>
internal static class ConformanceTable
{
    public const string Summary = "docs/conformance.md";

    public const string Whole = "artifacts/conformance.md";

    private static readonly string[] Priorities = ["P0", "P1", "P2"];

    public static string WriteSummary(
        IReadOnlyList<Requirement> requirements,
        IReadOnlyList<Attack> attacks,
        IReadOnlyList<NamedTest> tests
    )
    {
        var tested = tests.SelectMany(static test => test.Ids).ToHashSet();
        var text = new StringBuilder(
            """
            # Conformance

            How many rows of [spec/requirements.md](../spec/requirements.md) and [spec/attacks.md](../spec/attacks.md) have a test. A test names
            its rows: `[Requirement("RT-05")]` in C#, `// requirement: RT-05` in JavaScript. The build fails if a row of P0 or P1 that is offered
            has none. `./build.cs conformance` writes this page, and `artifacts/conformance.md` with the tests of each row.

            | | Rows | With tests | Without | Not offered |
            |---|---|---|---|---|

            """
        );
        foreach (var priority in Priorities)
            Count(
                text,
                priority,
                [.. requirements.Where(r => r.Priority == priority).Select(r => (r.IsOffered, HasTest: tested.Contains(r.Id)))]
            );
        Count(text, "All", [.. requirements.Select(r => (r.IsOffered, HasTest: tested.Contains(r.Id)))]);
        Count(text, "Attacks", [.. attacks.Select(a => (a.IsOffered, HasTest: tested.Contains(a.Id)))]);
        return text.ToString();
    }

    public static string WriteWhole(IReadOnlyList<Requirement> requirements, IReadOnlyList<Attack> attacks, IReadOnlyList<NamedTest> tests)
    {
        var of = tests
            .SelectMany(static test => test.Ids.Select(id => (Id: id, Test: test)))
            .ToLookup(static pair => pair.Id, static pair => pair.Test);
        var text = new StringBuilder(WriteSummary(requirements, attacks, tests));
        text.Append(CultureInfo.InvariantCulture, $"\n{tests.Count} tests name a row or an attack.\n");

        foreach (var group in requirements.GroupBy(static r => r.Group))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\n## {group.Key}\n\n| Id | | Requirement | Sources | Tests |\n|---|---|---|---|---|\n"
            );
            foreach (var row in group)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {row.Id} | {row.Priority} | {row.Text} | {row.Sources} | {Proof(row.Status, of[row.Id])} |\n"
                );
        }

        text.Append("\n## Attacks\n\n| Id | Attack | Real cases | What the test does | Rows | Tests |\n|---|---|---|---|---|---|\n");
        foreach (var row in attacks)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Id} | {row.Name} | {row.Cases} | {row.Test} | {string.Join(", ", row.Requirements)} | "
                    + $"{Proof(row.Status, of[row.Id])} |\n"
            );
        return text.ToString();
    }

    private static void Count(StringBuilder text, string what, IReadOnlyList<(bool IsOffered, bool HasTest)> rows) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {what} | {rows.Count} | {rows.Count(static r => r.IsOffered && r.HasTest)} | "
                + $"{rows.Count(static r => r.IsOffered && !r.HasTest)} | {rows.Count(static r => !r.IsOffered)} |\n"
        );

    private static string Proof(string status, IEnumerable<NamedTest> tests)
    {
        if (status.Length > 0)
            return $"*{status}*";
        var proofs = tests
            .Select(static test => $"`{Short(test.File)}: {test.Name.Replace("|", "\\|", StringComparison.Ordinal)}`")
            .ToList();
        return proofs.Count > 0 ? string.Join("<br>", proofs) : "**none**";
    }

    private static string Short(string file) => file.StartsWith("test/", StringComparison.Ordinal) ? file["test/".Length..] : file;
}
