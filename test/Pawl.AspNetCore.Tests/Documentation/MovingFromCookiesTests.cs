using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>docs/moving-from-cookies.md shows the lines that tests run, and leaves out no option of cookie authentication.</summary>
public sealed partial class MovingFromCookiesTests
{
    private static readonly string Page = SourceTree.Read("docs/moving-from-cookies.md");

    [Fact]
    public void Every_line_of_a_diff_is_a_line_that_a_test_runs()
    {
        var sources = Normalize(
            SourceTree.Read("samples/Identity/Program.cs") + SourceTree.Read("test/Pawl.AspNetCore.Tests/App/MovingApp.cs")
        );
        var statements = Diff()
            .Matches(Page)
            .SelectMany(static m => "-+".Select(sign => Normalize(Join(m.Groups["lines"].Value, sign))))
            .Where(static statement => statement.Length > 0)
            .ToList();
        Assert.Equal(3, statements.Count);
        // The programs read the connection string from the configuration.
        Assert.All(statements, statement =>
            Assert.Contains(statement.Replace("\"DataSource=sessions.db\"", "sessions"), sources, StringComparison.Ordinal)
        );
    }

    private static string Join(string diff, char sign) =>
        string.Concat(diff.Split('\n').Where(line => line.StartsWith(sign)).Select(static line => line[1..]));

    [Theory]
    [InlineData(typeof(CookieAuthenticationOptions))]
    [InlineData(typeof(CookieBuilder))]
    [InlineData(typeof(CookieAuthenticationEvents))]
    public void Every_member_has_a_row(Type type)
    {
        var rows = Page.Split('\n')
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Split('|')[1]);
        var named = rows.SelectMany(static row => Name().Matches(row).Select(static m => m.Groups[1].Value)).ToHashSet();
        // The builder has a table of its own.
        var members = type.GetProperties()
            .Select(static p => p.Name)
            .Where(static name => name != nameof(CookieAuthenticationOptions.Cookie));
        Assert.Empty(members.Except(named));
    }

    private static string Normalize(string code) => White().Replace(code, "");

    [GeneratedRegex("```diff\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Diff();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Name();
}
