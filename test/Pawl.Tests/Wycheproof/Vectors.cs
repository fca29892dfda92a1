using System.Text.Json;

namespace Pawl.Tests.Wycheproof;

/// <summary>
/// The files of C2SP/wycheproof. They are not in the repository: they are read from the folder that <c>PAWL_WYCHEPROOF</c> names, or from
/// <c>shared/data/wycheproof</c> beside the repository, and a test that finds neither says so by being skipped.
/// </summary>
internal static class Vectors
{
    public static JsonElement Read(string file)
    {
        var folder = Environment.GetEnvironmentVariable("PAWL_WYCHEPROOF") ?? Path.Combine(Repository.Root, "../shared/data/wycheproof");
        var path = Path.Combine(folder, file);
        Assert.SkipUnless(
            File.Exists(path),
            $"The Wycheproof vectors are not here: {Path.GetFullPath(path)}. PAWL_WYCHEPROOF names their folder."
        );
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    /// <summary>Every case with its group, checked against the number that the file itself states.</summary>
    public static IReadOnlyList<(JsonElement Group, JsonElement Test, int Id, bool IsValid)> Cases(string file)
    {
        var root = Read(file);
        var cases = root.GetProperty("testGroups")
            .EnumerateArray()
            .SelectMany(static group =>
                group
                    .GetProperty("tests")
                    .EnumerateArray()
                    .Select(test => (group, test, test.GetProperty("tcId").GetInt32(), test.GetProperty("result").GetString() == "valid"))
            )
            .ToList();
        Assert.Equal(root.GetProperty("numberOfTests").GetInt32(), cases.Count);
        // "acceptable" would need a decision of its own; none of the files we read has it.
        Assert.DoesNotContain(cases, static c => c.test.GetProperty("result").GetString() == "acceptable");
        return cases;
    }
}
