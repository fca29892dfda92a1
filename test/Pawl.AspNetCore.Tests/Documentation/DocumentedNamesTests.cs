using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Pawl.AspNetCore.Tests;

/// <summary>The names in the documentation exist: files, headings, options with their defaults, and names of the source.</summary>
public sealed partial class DocumentedNamesTests
{
    // Names of the framework and of others that the source does not use.
    private static readonly HashSet<string> s_foreign =
    [
        "ForwardLimit",
        "KnownProxies",
        "KnownIPNetworks",
        "MaxRequestHeadersTotalSize",
        "LimitRequestFieldSize",
        "MaxFieldLength",
        "MaxRequestBytes",
        "WebApplicationFactory",
        "FakeTimeProvider",
        "ResponseMode",
        "MapIdentityApi",
        "AddOpenIdConnect",
        "CapacitorHttp",
        "AllowedHosts",
        "AddOAuth",
        "AddGoogle",
        "AddWsFederation",
        "AllowUnsolicitedLogins",
        "RemoteSignOutPath",
        "ExternalScheme",
        "PublishAot",
        "CreateSlimBuilder",
        "EventSource",
        "AddDefaultIdentity",
        "MapRazorPages",
        "ConfigureApplicationCookie",
    ];

    private static readonly string[] s_pages =
    [
        "docs/protocol.md",
        "docs/operations.md",
        "docs/clients.md",
        "docs/threat-model.md",
        "docs/stores.md",
        "docs/how-it-works.md",
        "docs/questions.md",
        "docs/options.md",
    ];

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading()
    {
        List<string> broken = [];
        foreach (var page in DocumentationPages.All)
        {
            foreach (Match match in Link().Matches(Fence().Replace(SourceTree.Read(page), "")))
            {
                var target = match.Groups["target"].Value;
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                    continue;
                var (file, anchor) = target.Split('#') is [var f, var a] ? (f, a) : (target, "");
                var folder = Path.Combine(SourceTree.Root, Path.GetDirectoryName(page)!);
                var path = file.Length == 0 ? Path.Combine(SourceTree.Root, page) : Path.GetFullPath(Path.Combine(folder, file));
                if (!Path.Exists(path) || (anchor.Length > 0 && !Anchors(path).Contains(anchor)))
                    broken.Add($"{page}: {target}");
            }
        }
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_name_in_the_style_of_CSharp_is_in_the_source()
    {
        var files = Files("src", "*.cs").Concat(Files("js/src", "*.js")).Concat(Files("test", "*Tests.cs"));
        var source = files
            .SelectMany(static path => Words().Matches(File.ReadAllText(path)).Select(static m => m.Value))
            .ToHashSet(StringComparer.Ordinal);
        List<string> unknown = [];
        foreach (var page in s_pages)
        {
            foreach (Match match in Name().Matches(SourceTree.Read(page)))
            {
                foreach (var part in match.Groups["name"].Value.Split('.'))
                {
                    if (!source.Contains(part) && !s_foreign.Contains(part))
                        unknown.Add($"{page}: {match.Groups["name"].Value}");
                }
            }
        }
        Assert.Empty(unknown);
    }

    [Fact]
    public void Every_documented_setting_exists_with_the_default_of_the_code()
    {
        var defaults = new PawlOptions();
        var rows = SourceTree
            .Read("docs/operations.md")
            .Split('\n')
            .Where(static line => line.StartsWith("| `Pawl__", StringComparison.Ordinal))
            .Select(Cells)
            .ToList();
        Assert.True(rows.Count >= 20);
        // The server's own settings.
        string[] others = ["Store", "Users", "AssuranceLevel", "MinimumPasswordLength"];
        foreach (var row in rows)
        {
            var name = Setting().Match(row[0]).Groups["name"].Value;
            if (others.Contains(name))
                continue;
            var property = typeof(PawlOptions).GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
            Assert.True(property is not null, $"There is no option {name}.");
            if (row[1].StartsWith('`'))
                Assert.Equal(Write(property.GetValue(defaults)), row[1].Split('`')[1]);
            else
                Assert.True(
                    property.GetValue(defaults) is null or System.Collections.ICollection { Count: 0 },
                    $"{name} has a default: '{row[1]}'?"
                );
        }
    }

    [Theory]
    [InlineData("docs/protocol.md", "access token", nameof(PawlOptions.AccessTokenLifetime))]
    [InlineData("docs/protocol.md", "settle period", nameof(PawlOptions.SettlePeriod))]
    [InlineData("docs/protocol.md", "idle timeout", nameof(PawlOptions.IdleTimeout))]
    [InlineData("docs/protocol.md", "absolute timeout", nameof(PawlOptions.AbsoluteTimeout))]
    [InlineData("docs/threat-model.md", "access token", nameof(PawlOptions.AccessTokenLifetime))]
    [InlineData("docs/threat-model.md", "settle period", nameof(PawlOptions.SettlePeriod))]
    [InlineData("docs/threat-model.md", "idle timeout", nameof(PawlOptions.IdleTimeout))]
    [InlineData("docs/threat-model.md", "absolute timeout", nameof(PawlOptions.AbsoluteTimeout))]
    public void Each_time_in_a_table_is_the_default_of_the_code(string page, string row, string option)
    {
        var time = (TimeSpan)typeof(PawlOptions).GetProperty(option)!.GetValue(new PawlOptions())!;
        var cells = SourceTree
            .Read(page)
            .Split('\n')
            .Select(Cells)
            .Where(cells => cells.Length >= 2 && cells[0] == row && Duration().IsMatch(cells[1]))
            .ToList();
        Assert.Equal(time, Read(Assert.Single(cells)[1]));
    }

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory
            .GetFiles(Path.Combine(SourceTree.Root, folder), pattern, SearchOption.AllDirectories)
            .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal));

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(static cell => cell.Trim())];

    private static TimeSpan Read(string text)
    {
        var match = Duration().Match(text);
        var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "second" => TimeSpan.FromSeconds(number),
            "minute" => TimeSpan.FromMinutes(number),
            "hour" => TimeSpan.FromHours(number),
            _ => TimeSpan.FromDays(number),
        };
    }

    private static string Write(object? value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    // The anchors that GitHub makes of headings.
    private static HashSet<string> Anchors(string path) =>
        [
            .. File.ReadAllLines(path)
                .Where(static line => line.StartsWith('#'))
                .Select(static line => line.TrimStart('#').Trim().ToLowerInvariant())
                .Select(static title => string.Concat(title.Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')))
                .Select(static title => title.Replace(' ', '-')),
        ];

    [GeneratedRegex("""^ *```.*?^ *```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<name>[A-Z][a-z]+(?:[A-Z][a-z]+)+(?:\.[A-Z]\w+)*)[`(<]")]
    private static partial Regex Name();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();

    [GeneratedRegex(@"`Pawl__(?<name>\w+?)(?:__\w+)?`")]
    private static partial Regex Setting();

    [GeneratedRegex(@"^(?<number>\d+) (?<unit>second|minute|hour|day)s?$")]
    private static partial Regex Duration();
}
