using System.Text.RegularExpressions;

namespace Pawl.Conformance.Tests;

/// <summary>A test that names rows.</summary>
internal sealed record NamedTest(string File, string Name, IReadOnlyList<string> Ids);

/// <summary>
/// Finds what the tests' sources say of themselves. It goes by lines and knows little of the languages, so it refuses what it cannot
/// read: a marker that is passed over would be a proof that nobody sees is missing.
/// </summary>
internal static partial class NamedTests
{
    // The tests that every store has to pass are a package.
    private static readonly string[] Folders = ["test", "src/Pawl.Stores.Testing"];

    public static IReadOnlyList<NamedTest> ReadAll()
    {
        var sources = Folders
            .Select(static folder => Path.Combine(Repository.Root, folder))
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "js/test"), "*.test.js"))
            .Select(static path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(static path => !path.Split('/').Any(static part => part is "bin" or "obj" or "Shared" or "Pawl.Conformance.Tests"));
        return
        [
            .. sources
                .Order(StringComparer.Ordinal)
                .SelectMany(static path => Read(path, File.ReadAllLines(Path.Combine(Repository.Root, path)))),
        ];
    }

    /// <exception cref="FormatException">There is a marker that cannot be read, or that stands above no test, or above one that is
    /// skipped.</exception>
    public static IEnumerable<NamedTest> Read(string path, string[] lines) =>
        path.EndsWith(".js", StringComparison.Ordinal) ? ReadJavaScript(path, lines) : ReadCSharp(path, lines);

    private static IEnumerable<NamedTest> ReadCSharp(string path, string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Contains("Trait(\"Requirement\"", StringComparison.Ordinal))
                throw new FormatException($"{path}:{i + 1}: a row is named by [Requirement(\"…\")], on a line of its own.");
            if (!CSharpHint().IsMatch(lines[i]))
                continue;
            if (CSharpMarker().Match(lines[i]) is not { Success: true } marker)
                throw new FormatException($"{path}:{i + 1}: write [Requirement(\"ABC-01\", \"ABC-02\")] on a line of its own.");
            var (start, isTest, isInAttribute) = (i, false, false);
            string? name = null;
            for (i++; name is null; i++)
            {
                var line = i < lines.Length ? lines[i] : "";
                if (Method().Match(line) is { Success: true } method)
                {
                    name = method.Groups["name"].Value;
                    i--;
                }
                else if (
                    i == lines.Length
                    || !(
                        isInAttribute
                        || line.StartsWith("    [", StringComparison.Ordinal)
                        || line.StartsWith("    //", StringComparison.Ordinal)
                    )
                )
                    throw new FormatException(
                        $"{path}:{start + 1}: between the marker and its test there are attributes and comments only."
                    );
                // An attribute with many arguments goes on over several lines.
                isInAttribute = (isInAttribute || line.StartsWith("    [", StringComparison.Ordinal)) && !line.EndsWith(']');
                if (SkipArgument().IsMatch(line))
                    throw new FormatException($"{path}:{i + 1}: a test that is skipped proves nothing.");
                isTest |= TestAttribute().IsMatch(line);
            }
            if (!isTest)
                throw new FormatException($"{path}:{start + 1}: {name} is no test.");
            i--;
            yield return new(path, name, Ids(marker));
        }
    }

    private static IEnumerable<NamedTest> ReadJavaScript(string path, string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains("requirement:", StringComparison.OrdinalIgnoreCase))
                continue;
            if (JavaScriptMarker().Match(lines[i]) is not { Success: true } marker)
                throw new FormatException($"{path}:{i + 1}: write // requirement: ABC-01, ABC-02 on a line of its own.");
            if (i + 1 == lines.Length || JavaScriptTest().Match(lines[i + 1]) is not { Success: true } test)
                throw new FormatException($"{path}:{i + 1}: the marker stands right above test('…', and not above one that is skipped.");
            yield return new(path, test.Groups["name"].Value, Ids(marker));
        }
    }

    private static string[] Ids(Match marker) => [.. Id().Matches(marker.Groups["ids"].Value).Select(static id => id.Value)];

    [GeneratedRegex(@"\bRequirement(Attribute)?\(")]
    private static partial Regex CSharpHint();

    [GeneratedRegex("""^    \[Requirement\((?<ids>"[A-Z]+-[0-9]{2}"(, "[A-Z]+-[0-9]{2}")*)\)\]$""")]
    private static partial Regex CSharpMarker();

    [GeneratedRegex(@"^    public (async |static )*(void|Task|ValueTask) (?<name>\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"^    \[(Fact|Theory)\b")]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"\bSkip(When|Unless|Type)? = ")]
    private static partial Regex SkipArgument();

    [GeneratedRegex("^ *// requirement: (?<ids>[A-Z]+-[0-9]{2}(, [A-Z]+-[0-9]{2})*)$")]
    private static partial Regex JavaScriptMarker();

    [GeneratedRegex("""^ *test\((?<quote>['"`])(?<name>.+?)\k<quote>, (async )?\(""")]
    private static partial Regex JavaScriptTest();

    [GeneratedRegex("[A-Z]+-[0-9]{2}")]
    private static partial Regex Id();
}
