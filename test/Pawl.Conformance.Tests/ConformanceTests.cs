namespace Pawl.Conformance.Tests;

/// <summary>Every requirement has a test that says so, and the table in the documentation is what they say.</summary>
public sealed class ConformanceTests
{
    private static readonly IReadOnlyList<Requirement> Requirements = Rows.ReadRequirements();
    private static readonly IReadOnlyList<Attack> Attacks = Rows.ReadAttacks();
    private static readonly IReadOnlyList<NamedTest> Tests = NamedTests.ReadAll();
    private static readonly HashSet<string> Tested = [.. Tests.SelectMany(static t => t.Ids)];

    [Fact]
    public void Every_row_of_P0_and_P1_that_is_offered_has_a_test() =>
        AssertNone(
            Requirements
                .Where(static r => r.IsOffered && r.Priority is "P0" or "P1" && !Tested.Contains(r.Id))
                .Select(static r => $"{r.Id} {r.Priority}: {r.Text}")
        );

    [Fact]
    public void Every_attack_has_a_test() =>
        AssertNone(Attacks.Where(static a => a.IsOffered && !Tested.Contains(a.Id)).Select(static a => $"{a.Id}: {a.Name}"));

    [Fact]
    public void A_test_names_rows_that_there_are_and_each_once()
    {
        HashSet<string> known = [.. Requirements.Select(static r => r.Id), .. Attacks.Select(static a => a.Id)];
        Assert.NotEmpty(Tests);
        Assert.DoesNotContain(Tests, t => !t.Ids.All(known.Contains) || t.Ids.Distinct().Count() < t.Ids.Count);
    }

    [Fact]
    public void What_is_not_offered_has_no_test()
    {
        Assert.DoesNotContain(Requirements, static r => !r.IsOffered && Tested.Contains(r.Id));
        Assert.DoesNotContain(Attacks, static a => !a.IsOffered && Tested.Contains(a.Id));
    }

    [Fact]
    public void Rows_are_numbered_one_by_one_have_a_priority_and_a_source()
    {
        foreach (
            var group in Requirements
                .Select(static r => r.Id)
                .Concat(Attacks.Select(static a => a.Id))
                .GroupBy(static id => id.Split('-')[0])
        )
            Assert.Equal(Enumerable.Range(1, group.Count()).Select(n => $"{group.Key}-{n:00}"), group);
        Assert.All(Requirements, static r => Assert.Contains(r.Priority, (string[])["P0", "P1", "P2"]));
        Assert.All(Requirements, static r => Assert.True(r.Text.Length > 0 && r.Sources.Length > 0, r.Id));
        Assert.All(Attacks, static a => Assert.True(a.Name.Length > 0 && a.Cases.Length > 0 && a.Test.Length > 0, a.Id));
    }

    [Fact]
    public void Each_attack_is_on_rows_that_there_are() =>
        Assert.All(Attacks, static a => Assert.All(a.Requirements, static id => Assert.Contains(Requirements, r => r.Id == id)));

    [Fact]
    public void The_summary_in_the_documentation_is_up_to_date()
    {
        var path = Path.Combine(Repository.Root, ConformanceTable.Summary);
        var summary = ConformanceTable.WriteSummary(Requirements, Attacks, Tests);
        if (Environment.GetEnvironmentVariable("PAWL_CONFORMANCE") == "write")
        {
            var whole = Path.Combine(Repository.Root, ConformanceTable.Whole);
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            File.WriteAllText(whole, ConformanceTable.WriteWhole(Requirements, Attacks, Tests));
            File.WriteAllText(path, summary);
        }
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == summary,
            $"{ConformanceTable.Summary} is out of date; write it with: ./build.cs conformance"
        );
    }

    // All of them, in full: an assertion on the collection would show the first few.
    private static void AssertNone(IEnumerable<string> rows) => Assert.True(!rows.Any(), $"No test names\n{string.Join('\n', rows)}");
}
