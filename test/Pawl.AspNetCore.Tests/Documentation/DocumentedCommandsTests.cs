using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Every command of the documentation works. Commands that need only the shell run here; for the others the program that they start exists.
/// The tests of Pawl.Server run its own commands.
/// </summary>
public sealed partial class DocumentedCommandsTests
{
    private static readonly HashSet<string> s_targets =
    [
        .. BuildTarget().Matches(SourceTree.Read("build.cs")).Select(static m => m.Groups["name"].Value),
    ];

    [Fact]
    public async Task Every_command_in_the_documentation_can_be_given()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var paths = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(static e => $"/{e.RoutePattern.RawText?.TrimStart('/')}")
            .ToHashSet();
        var lines = DocumentationPages
            .All.Where(static page => page != DocumentationPages.First)
            .SelectMany(static page => Lines(page).Select(line => (page, line)))
            .ToList();
        Assert.True(lines.Count >= 30, $"Only {lines.Count} were found.");
        foreach (var (page, line) in lines)
        {
            foreach (var command in line.Split("&&", StringSplitOptions.TrimEntries))
                Assert.True(CanBeGiven(command, paths), $"{page}: {command}");
        }
    }

    private static IEnumerable<string> Lines(string page) =>
        Fence()
            .Matches(SourceTree.Read(page))
            .SelectMany(static m => m.Groups["code"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(static line => Comment().Replace(line, "").Trim());

    // Packages of others are those that this repository builds with.
    private static bool IsPinned(string package) =>
        SourceTree.Read("Directory.Packages.props").Contains($"Include=\"{package}\"", StringComparison.Ordinal);

    private static bool CanBeGiven(string command, HashSet<string> paths)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipWhile(static word => Variable().IsMatch(word)).ToArray();
        return words switch
        {
            ["./build.cs", .. var rest] => rest.All(static w => w is "|" or "[seconds]" || s_targets.Contains(w) || int.TryParse(w, out _)),
            ["dotnet", "run", "--project", var project, ..] => IsProject(project) && AreSettings(command),
            ["dotnet", "test", "--project", var project, .. var rest] => IsProject(project) && IsTest(project, rest),
            ["dotnet", "add", "package", var package] => NuGetPackages.Names.Contains(package) || IsPinned(package),
            ["dotnet", "dev-certs", "https", "--trust"] => true,
            ["node" or "python3", var script, ..] => Exists(script),
            ["go", "run", var files] => files.EndsWith("/*.go", StringComparison.Ordinal)
                && Exists(files.Replace("*", "server", StringComparison.Ordinal)),
            ["dotnet", "new", "install", NuGetPackages.Templates] => true,
            ["dotnet", "new", var template, "-o", _] => Exists($"src/{NuGetPackages.Templates}/content/{template}"),
            ["npm", "ci" or "test", "--prefix", var folder] => Exists(folder + "/package.json"),
            ["curl", .., var url] => paths.Contains(new Uri(url).AbsolutePath),
            ["export", ..] or ["umask", ..] or ["openssl", ..] or ["printf", ..] => true,
            _ => false,
        };
    }

    [Fact]
    public async Task The_documented_backup_of_SQLite_is_complete_and_private()
    {
        await using var app = await TestApp.StartAsync();
        await app.SignInAsync("ada");

        await RunAsync(app.Folder.Path, """umask 077; sqlite3 sessions.db ".backup sessions-backup.db" """);

        var backup = Path.Combine(app.Folder.Path, "sessions-backup.db");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        using var connection = new SqliteConnection($"Data Source={backup};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pawl_sessions";
        Assert.Equal(1L, command.ExecuteScalar());
    }

    [Fact]
    public async Task The_documented_secrets_and_their_hash_are_accepted()
    {
        using var folder = new TestFolder();
        Assert.Equal(32, Convert.FromBase64String(await RunAsync(folder.Path, "openssl rand -base64 32")).Length);
        var secret = (await RunAsync(folder.Path, "openssl rand -hex 32")).Trim();
        var hash = (await RunAsync(folder.Path, $"printf %s {secret} | sha256sum")).Split(' ')[0];
        await using var app = await TestApp.StartAsync(options => options.ServiceClients["billing"] = $"sha256:{hash}");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/introspect") { Content = Browser.Form("token=x") };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"billing:{secret}")));
        using var client = app.NewClient();

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("""{"active":false}""", (await Answer.ReadAsync(response)).Body);
    }

    private static async Task<string> RunAsync(string folder, string command)
    {
        Assert.SkipUnless(File.Exists("/bin/sh") && File.Exists("/usr/bin/sqlite3"), "sh or sqlite3 is not installed.");
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static bool Exists(string path) => Path.Exists(Path.Combine(SourceTree.Root, path));

    private static bool IsProject(string folder) => Directory.GetFiles(Path.Combine(SourceTree.Root, folder), "*.csproj").Length == 1;

    private static bool AreSettings(string command) =>
        Setting().Matches(command).All(static m => typeof(PawlOptions).GetProperty(m.Groups["name"].Value) is not null);

    private static bool IsTest(string project, string[] rest) =>
        Array.IndexOf(rest, "--filter-class") is var at
        && (
            at < 0
            || Directory
                .GetFiles(Path.Combine(SourceTree.Root, project), $"{rest[at + 1].Trim('\'', '*')}.cs", SearchOption.AllDirectories)
                .Length == 1
        );

    [GeneratedRegex("""^ *```sh\n(?<code>.*?)^ *```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("""(^|\s)#.*$""")]
    private static partial Regex Comment();

    [GeneratedRegex("""^\w+=""")]
    private static partial Regex Variable();

    [GeneratedRegex("""Pawl__(?<name>[A-Za-z]+)""")]
    private static partial Regex Setting();

    [GeneratedRegex("""^    \("(?<name>\w+)", """, RegexOptions.Multiline)]
    private static partial Regex BuildTarget();
}
