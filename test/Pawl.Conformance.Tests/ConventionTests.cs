using System.Text.RegularExpressions;

namespace Pawl.Conformance.Tests;

/// <summary>The conventions of CONTRIBUTING.md that a program can check, besides those that the compiler and the formatter check.</summary>
public sealed partial class ConventionTests
{
    private const int MaxLines = 250;
    private const int MaxColumns = 140;

    // The tables of the users, which PostgreSQL has other types for; a store whose promises the tests of the contracts break.
    private static readonly string[] MadeForInheritance = ["src/Pawl.Server/Users/User.cs", "src/Pawl.Testing/MemoryStore.cs"];

    // A file-based program is one file.
    private const string BuildProgram = "build.cs";

    private static readonly IReadOnlyList<string> Files =
    [
        BuildProgram,
        .. new[] { "src", "test", "bench", "samples" }.SelectMany(static folder => Find(folder, "*.cs")),
        .. new[] { "js/src", "js/test" }.SelectMany(static folder => Find(folder, "*.js")),
    ];

    [Fact]
    public void A_file_has_at_most_250_lines() =>
        AssertNone(
            from file in Files
            where file != BuildProgram
            let count = Lines(file).Length
            where count > MaxLines
            select $"{file}: {count} lines"
        );

    [Fact]
    public void A_line_has_at_most_140_columns() =>
        AssertNone(
            from file in Files
            from line in WithoutRawStrings(file)
            where line.Text.Length > MaxColumns
            select $"{file}:{line.Number}: {line.Text.Length} columns"
        );

    [Fact]
    public void A_class_of_the_packages_is_sealed_unless_it_is_made_for_inheritance() =>
        AssertNone(
            from file in Files
            where file.StartsWith("src/", StringComparison.Ordinal) && !MadeForInheritance.Contains(file)
            from Match match in OpenClass().Matches(Text(file))
            select $"{file}: {match.Value.Trim()}"
        );

    [Fact]
    public void A_public_method_that_waits_takes_a_cancellation_token_last() =>
        AssertNone(
            from file in Find("src", "PublicAPI.*.txt")
            from line in Lines(file)
            where AsyncMethod().IsMatch(line) && !TakesToken(line)
            // IAsyncDisposable has none.
            where !line.Contains(".DisposeAsync()", StringComparison.Ordinal)
            // A method of a request follows the request, as the framework's GetTokenAsync does.
            where !line.Contains("this Microsoft.AspNetCore.Http.HttpContext! context", StringComparison.Ordinal)
            // Some libraries ask for a delegate without one. Then there is an overload with one.
            where
                !Lines(file).Any(other => TakesToken(other) && other.StartsWith(line[..(line.IndexOf('(') + 1)], StringComparison.Ordinal))
            select $"{file}: {line}"
        );

    private static bool TakesToken(string method) => method.Contains("CancellationToken cancellationToken", StringComparison.Ordinal);

    [Fact]
    public void Every_project_is_in_the_map_of_AGENTS_md()
    {
        var map = Text("AGENTS.md");
        AssertNone(
            from project in Find("src", "*.csproj").Concat(Find("test", "*.csproj"))
            // The projects that a template makes are named by their user.
            where !project.Contains("/content/", StringComparison.Ordinal)
            let name = Path.GetFileNameWithoutExtension(project)
            where !map.Contains(name, StringComparison.Ordinal)
            select name
        );
    }

    private static IEnumerable<string> Find(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(static path => !Generated().IsMatch(path))
            .Order(StringComparer.Ordinal);

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    private static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Repository.Root, file));

    // A raw string is data, as a JSON text that an assertion compares.
    private static IEnumerable<(int Number, string Text)> WithoutRawStrings(string file)
    {
        var isRaw = false;
        foreach (var (index, line) in Lines(file).Index())
        {
            var quotes = RawQuotes().Count(line);
            if (!isRaw && quotes == 0)
                yield return (index + 1, line);
            isRaw ^= quotes % 2 == 1;
        }
    }

    private static void AssertNone(IEnumerable<string> faults) => Assert.True(!faults.Any(), string.Join('\n', faults));

    [GeneratedRegex(@"/(bin|obj|node_modules|Migrations)/")]
    private static partial Regex Generated();

    [GeneratedRegex(@"^\s*internal (?:partial )?(?:class|record) (?!struct)\w+", RegexOptions.Multiline)]
    private static partial Regex OpenClass();

    [GeneratedRegex(@"\w+Async(?:<\w+>)?\(")]
    private static partial Regex AsyncMethod();

    [GeneratedRegex("\"\"\"+")]
    private static partial Regex RawQuotes();
}
