using System.Text.RegularExpressions;

namespace Pawl.Conformance.Tests;

/// <summary>A row of <c>spec/requirements.md</c>.</summary>
internal sealed record Requirement(string Group, string Id, string Priority, string Text, string Sources, string Status)
{
    public bool IsOffered => Status.Length == 0;
}

/// <summary>A row of <c>spec/attacks.md</c>.</summary>
internal sealed record Attack(string Id, string Name, string Cases, string Test, string[] Requirements, string Status)
{
    public bool IsOffered => Status.Length == 0;
}

/// <summary>
/// Reads the tables, and refuses a line that is not what it should be: a row that is not read would be a row that nobody tests.
/// </summary>
internal static partial class Rows
{
    public static IReadOnlyList<Requirement> ReadRequirements() =>
        [
            .. Cells("spec/requirements.md", ["Id", "Priority", "Requirement", "Sources", "Status"])
                .Select(static row => new Requirement(row.Group, row.Cells[0], row.Cells[1], row.Cells[2], row.Cells[3], row.Cells[4])),
        ];

    public static IReadOnlyList<Attack> ReadAttacks() =>
        [
            .. Cells("spec/attacks.md", ["Id", "Attack", "Real cases", "What the test does", "Rows", "Status"])
                .Select(static row => new Attack(
                    row.Cells[0],
                    row.Cells[1],
                    row.Cells[2],
                    row.Cells[3],
                    row.Cells[4].Split(", "),
                    row.Cells[5]
                )),
        ];

    private static IEnumerable<(string Group, string[] Cells)> Cells(string path, string[] columns)
    {
        var group = "";
        foreach (
            var (line, number) in File.ReadLines(Path.Combine(Repository.Root, path)).Select(static (line, index) => (line, index + 1))
        )
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                group = line[3..];
            if (!line.StartsWith('|') || line.StartsWith("|---", StringComparison.Ordinal))
                continue;
            var cells = line.Trim('|').Split('|').Select(static cell => cell.Trim()).ToArray();
            if (cells.SequenceEqual(columns))
                continue;
            // The last cell is empty more often than not, and trimmed off with its border.
            if (cells.Length == columns.Length - 1 && line.EndsWith("| |", StringComparison.Ordinal))
                cells = [.. cells, ""];
            if (cells.Length != columns.Length || !IdPattern().IsMatch(cells[0]))
                throw new FormatException($"{path}:{number} is no row of {columns.Length} cells that begins with an id.");
            if (cells[^1] is not "" && !cells[^1].StartsWith("not offered: ", StringComparison.Ordinal))
                throw new FormatException($"{path}:{number}: the status is empty, or 'not offered: ' and why.");
            yield return (group, cells);
        }
    }

    [GeneratedRegex("^[A-Z]+-[0-9]{2}$")]
    private static partial Regex IdPattern();
}
