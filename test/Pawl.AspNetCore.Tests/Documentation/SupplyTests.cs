using System.Diagnostics;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;

namespace Pawl.AspNetCore.Tests;

/// <summary>What the product is made of, and of which version.</summary>
public sealed partial class SupplyTests
{
    [Requirement("OPS-03", "ATTACK-33")]
    [Fact]
    public void Data_Protection_is_one_without_the_known_fault()
    {
        // CVE-2026-40372: 10.0.0 to 10.0.6 accept what they should not.
        var version = FileVersionInfo.GetVersionInfo(typeof(IDataProtectionProvider).Assembly.Location);
        var text = version.ProductVersion!.Split('+', '-')[0];
        Assert.True(Version.Parse(text) >= new Version(10, 0, 7), $"Data Protection is {version.ProductVersion}.");
    }

    [Requirement("OPS-03")]
    [Fact]
    public void Every_version_is_exact_and_in_one_place()
    {
        var packages = XDocument
            .Parse(SourceTree.Read("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(static p => (string)p.Attribute("Include")!, static p => (string)p.Attribute("Version")!);
        Assert.True(packages.Count > 8);
        Assert.All(packages, static p => Assert.Matches(ExactVersion(), p.Value));
        // What runs on ASP.NET Core 10 is of 10.0.
        Assert.All(
            packages.Where(static p =>
                p.Key.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
                || p.Key.StartsWith("Microsoft.EntityFrameworkCore.", StringComparison.Ordinal)
                || p.Key == "Microsoft.Data.Sqlite"
            ),
            static p => Assert.StartsWith("10.0.", p.Value, StringComparison.Ordinal)
        );
        foreach (
            var project in s_folders
                .SelectMany(static folder =>
                    Directory.GetFiles(Path.Combine(SourceTree.Root, folder), "*.csproj", SearchOption.AllDirectories)
                )
                // Projects that dotnet new makes are outside this repository. PackageContentsTests has their versions.
                .Where(static path => !path.Contains("/Pawl.Templates/", StringComparison.Ordinal))
        )
            Assert.DoesNotContain(XDocument.Load(project).Descendants("PackageReference"), static p =>
                p.Attribute("Version") is not null || p.Attribute("VersionOverride") is not null
            );
        using var sdk = JsonDocument.Parse(SourceTree.Read("global.json"));
        Assert.StartsWith("10.0.", sdk.RootElement.GetProperty("sdk").GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Requirement("OPS-03")]
    [Fact]
    public void The_browser_clients_tools_are_locked_and_it_needs_none_of_them_to_run()
    {
        using var package = JsonDocument.Parse(SourceTree.Read("js/package.json"));
        Assert.False(package.RootElement.TryGetProperty("dependencies", out _));
        Assert.All(package.RootElement.GetProperty("devDependencies").EnumerateObject(), static d =>
            Assert.Matches(ExactVersion(), d.Value.GetString())
        );
        using var locked = JsonDocument.Parse(SourceTree.Read("js/package-lock.json"));
        Assert.All(
            locked
                .RootElement.GetProperty("packages")
                .EnumerateObject()
                .Where(static p => p.Name.Length > 0 && !p.Value.TryGetProperty("link", out _)),
            static p => Assert.StartsWith("sha512-", p.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal)
        );
    }

    [Requirement("OPS-09")]
    [Theory]
    [InlineData("Pawl")]
    [InlineData("Pawl.AspNetCore")]
    [InlineData("Pawl.Sqlite")]
    public void An_assembly_is_made_of_its_sources_and_of_nothing_else(string name)
    {
        // The mark that the compiler leaves where the same sources give the same bytes.
        using var assembly = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll")));
        Assert.Contains(assembly.ReadDebugDirectory(), static entry => entry.Type == DebugDirectoryEntryType.Reproducible);
    }

    [Requirement("OPS-09")]
    [Fact]
    public async Task Packages_come_with_a_list_of_what_they_are_made_of()
    {
        using var build = Process.Start(
            new ProcessStartInfo(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                ["run", Path.Combine(SourceTree.Root, "build.cs"), "--", "sbom"]
            )
            {
                RedirectStandardOutput = true,
                WorkingDirectory = SourceTree.Root,
            }
        )!;
        var said = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, said);
        foreach (var (package, inside) in new[] { ("Pawl", 0), ("Pawl.AspNetCore", 0), ("Pawl.Sqlite", 5) })
        {
            using var list = JsonDocument.Parse(SourceTree.Read($"artifacts/packages/{package}.cdx.json"));
            Assert.Equal("CycloneDX", list.RootElement.GetProperty("bomFormat").GetString());
            var parts = list
                .RootElement.GetProperty("components")
                .EnumerateArray()
                .Where(static c => c.GetProperty("scope").GetString() == "required")
                .ToList();
            Assert.True(parts.Count >= inside && (inside > 0 || parts.Count == 0), $"{package} is made of {parts.Count}.");
            Assert.All(parts, static c => Assert.Matches(ExactVersion(), c.GetProperty("version").GetString()));
            if (inside > 0)
                Assert.Contains(parts, static c =>
                    c.GetProperty("purl").GetString()!.StartsWith("pkg:nuget/Microsoft.Data.Sqlite@10.0.", StringComparison.Ordinal)
                );
        }
    }

    [Requirement("OPS-09")]
    [Fact]
    public void There_is_a_way_to_report_a_vulnerability()
    {
        var policy = SourceTree.Read("SECURITY.md");
        foreach (var heading in new[] { "## Supported versions", "## Reporting a vulnerability", "private vulnerability reporting" })
            Assert.Contains(heading, policy, StringComparison.Ordinal);
    }

    private static readonly string[] s_folders = ["src", "test", "samples"];

    [GeneratedRegex(@"^(npm:axios@)?\d+\.\d+\.\d+$")]
    private static partial Regex ExactVersion();
}
