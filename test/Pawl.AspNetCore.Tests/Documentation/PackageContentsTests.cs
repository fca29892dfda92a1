using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace Pawl.AspNetCore.Tests;

/// <summary>What is in the files that users get, and what is not.</summary>
public sealed class PackageContentsTests(NuGetPackages packages)
{
    // Of portable PDBs: the source of a document is kept in the file.
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private static readonly byte[] s_png = [0x89, .. "PNG\r\n"u8];

    public static TheoryData<string> Libraries => [.. NuGetPackages.Names];

    public static TheoryData<string> All => [.. NuGetPackages.Names, NuGetPackages.Templates];

    [Fact]
    public void Every_project_that_is_published_is_among_the_packages_that_are_tested()
    {
        var projects = Directory
            .GetDirectories(Path.Combine(SourceTree.Root, "src"))
            .Select(static folder => Path.GetFileName(folder))
            .Where(static name => name is not "Pawl.Server" && File.Exists(Path.Combine(SourceTree.Root, "src", name, $"{name}.csproj")));
        Assert.Equal(projects.Order(), NuGetPackages.Names.Append(NuGetPackages.Templates).Order());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_package_says_what_it_is_and_under_which_licence(string name)
    {
        using var package = await OpenAsync(name);
        var about = ReadNuspec(package, name);
        Assert.Equal("Apache-2.0", (string?)Find(about, "license"));
        Assert.NotEmpty((string?)Find(about, "description") ?? "");
        Assert.NotEmpty((string?)Find(about, "tags") ?? "");
        Assert.Equal("git", (string?)Find(about, "repository")?.Attribute("type"));
        Assert.Matches("^[0-9a-f]{40}$", (string?)Find(about, "repository")?.Attribute("commit"));
        await using var icon = package.GetEntry((string?)Find(about, "icon") ?? "none")!.Open();
        var start = new byte[s_png.Length];
        await icon.ReadExactlyAsync(start, TestContext.Current.CancellationToken);
        Assert.Equal(s_png, start);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_library_has_its_assembly_and_no_stray_file(string name)
    {
        using var package = await OpenAsync(name);
        string[] expected = [$"{name}.nuspec", "README.md", "icon.png", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"];
        // What a page loads, and what the SDK adds so that the app serves it.
        if (name == "Pawl.Blazor")
            expected = [.. expected, "staticwebassets/session.js"];
        var files = FilesOf(package).Where(file => name != "Pawl.Blazor" || !file.StartsWith("build", StringComparison.Ordinal));
        Assert.Equal(expected.Order(), files.Order());
    }

    [Fact]
    public async Task The_templates_have_no_file_of_a_build_and_no_version_that_is_left_open()
    {
        using var package = await OpenAsync(NuGetPackages.Templates);
        var files = FilesOf(package);
        Assert.DoesNotContain(files, static file =>
            file.Contains("/bin/", StringComparison.Ordinal) || file.Contains("/obj/", StringComparison.Ordinal)
        );
        Assert.All(files, static file =>
            Assert.True(file.StartsWith("content/pawl-", StringComparison.Ordinal) || !file.Contains('/'), file)
        );
        foreach (var project in package.Entries.Where(static entry => entry.Name.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            var references = XDocument.Load(project.Open()).Descendants("PackageReference").ToList();
            Assert.All(references, static reference => Assert.Matches(@"^\d+\.\d+\.\d+$", (string?)reference.Attribute("Version")));
            Assert.All(
                references.Where(static reference =>
                    ((string?)reference.Attribute("Include"))!.StartsWith("Pawl", StringComparison.Ordinal)
                ),
                reference => Assert.Equal(packages.Version, (string?)reference.Attribute("Version"))
            );
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_library_needs_at_least_the_versions_that_it_is_tested_with_and_nothing_of_its_build(string name)
    {
        var pinned = XDocument
            .Parse(SourceTree.Read("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(static p => (string)p.Attribute("Include")!, static p => (string)p.Attribute("Version")!);
        using var package = await OpenAsync(name);
        foreach (var dependency in ReadNuspec(package, name).Descendants().Where(static e => e.Name.LocalName == "dependency"))
        {
            var (id, version) = ((string)dependency.Attribute("id")!, (string)dependency.Attribute("version")!);
            Assert.DoesNotContain("Analyzers", id, StringComparison.Ordinal);
            // A plain version is a minimum without a maximum, so an app may have a later patch of everything.
            Assert.Equal(NuGetPackages.Names.Contains(id) ? packages.Version : pinned[id], version);
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task The_symbols_of_a_library_contain_its_sources_and_no_path_of_the_machine(string name)
    {
        using var symbols = await ZipFile.OpenReadAsync(
            Path.ChangeExtension(await packages.FindAsync(name), "snupkg"),
            TestContext.Current.CancellationToken
        );
        using var file = new MemoryStream();
        await using (var entry = symbols.GetEntry($"lib/net10.0/{name}.pdb")!.Open())
            await entry.CopyToAsync(file, TestContext.Current.CancellationToken);
        file.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(file);
        var reader = provider.GetMetadataReader();
        Assert.NotEmpty(reader.Documents);
        foreach (var document in reader.Documents)
        {
            Assert.DoesNotContain(SourceTree.Root, reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal);
            Assert.Contains(reader.GetCustomDebugInformation(document), about =>
                reader.GetGuid(reader.GetCustomDebugInformation(about).Kind) == s_embeddedSource
            );
        }
    }

    private async Task<ZipArchive> OpenAsync(string name) =>
        await ZipFile.OpenReadAsync(await packages.FindAsync(name), TestContext.Current.CancellationToken);

    private static XDocument ReadNuspec(ZipArchive package, string name) => XDocument.Load(package.GetEntry($"{name}.nuspec")!.Open());

    private static XElement? Find(XDocument about, string element) => about.Descendants().SingleOrDefault(e => e.Name.LocalName == element);

    // Without what the format itself adds.
    private static List<string> FilesOf(ZipArchive package) =>
        [
            .. package
                .Entries.Select(static entry => Uri.UnescapeDataString(entry.FullName))
                .Where(static file =>
                    !file.StartsWith("_rels/", StringComparison.Ordinal)
                    && !file.StartsWith("package/", StringComparison.Ordinal)
                    && file != "[Content_Types].xml"
                ),
        ];
}
