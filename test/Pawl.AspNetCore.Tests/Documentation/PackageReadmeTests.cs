using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Pawl.AspNetCore.Tests;

/// <summary>A package site shows the README of a package without the repository around it.</summary>
public sealed partial class PackageReadmeTests(NuGetPackages packages)
{
    public static TheoryData<string> Names => [.. NuGetPackages.Names, NuGetPackages.Templates];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_package_has_a_README_of_its_own_that_names_it_and_leads_nowhere_dead(string name)
    {
        using var package = await ZipFile.OpenReadAsync(await packages.FindAsync(name), TestContext.Current.CancellationToken);
        var nuspec = XDocument.Load(package.GetEntry($"{name}.nuspec")!.Open());
        var file = nuspec.Descendants().Single(static e => e.Name.LocalName == "readme").Value;
        using var reader = new StreamReader(package.GetEntry(file)!.Open());
        var readme = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith($"# {name}\n", readme, StringComparison.Ordinal);
        Assert.Contains("\ndotnet add package Pawl.", readme, StringComparison.Ordinal);
        Assert.Empty(RelativeLinks(readme));
    }

    [Fact]
    public void The_README_of_the_npm_package_leads_nowhere_dead() => Assert.Empty(RelativeLinks(SourceTree.Read("js/README.md")));

    // Also those of HTML, such as the source of an image.
    private static IEnumerable<string> RelativeLinks(string readme) =>
        Link()
            .Matches(Fence().Replace(readme, ""))
            .Select(static m => m.Groups["target"].Value)
            .Where(static target => !target.StartsWith("https://", StringComparison.Ordinal));

    [GeneratedRegex(
        """\]\((?<target>[^)\s]+)\)|^\[[^\]]+\]:\s*(?<target>\S+)|(src|href|srcset)="(?<target>[^"]+)""",
        RegexOptions.Multiline
    )]
    private static partial Regex Link();

    [GeneratedRegex("""^ *```.*?^ *```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
