using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Runtime.InteropServices;
using Pawl.Client.Tests;

namespace Pawl.Server.Tests;

public sealed class CliSampleTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task The_sample_of_a_command_line_signs_in_stays_signed_in_and_signs_out()
    {
        using var folder = new TemporaryFolder();
        await SignInRefreshAndSignOutAsync(folder.FullName, native: null);
    }

    [Fact]
    public async Task The_sample_compiled_to_native_code_does_the_same()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/clang") || Environment.GetEnvironmentVariable("CI") == "true", "clang is not installed.");
        using var folder = new TemporaryFolder();
        await SignInRefreshAndSignOutAsync(folder.FullName, await PublishAsync(folder.FullName));
    }

    private static async Task SignInRefreshAndSignOutAsync(string folder, string? native)
    {
        await using var server = await ServerProcess.StartAsync();
        using var http = new HttpClient();
        using var registered = await http.PostAsJsonAsync(
            new Uri(server.Address, "/auth/register"),
            new { email = "ada@example.com", password = Password },
            TestContext.Current.CancellationToken
        );
        registered.EnsureSuccessStatusCode();
        Assert.Equal((1, "SignedOut\n"), await RunAsync("whoami"));
        Assert.Equal(3, (await RunAsync("login ada@example.com", "wrong password")).Exit);
        Assert.Equal(0, (await RunAsync("login ada@example.com", Password)).Exit);
        Assert.Contains("\"active\":true", (await RunAsync("me")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("refresh")).Exit);
        Assert.Equal(0, (await RunAsync("logout")).Exit);
        Assert.Equal(1, (await RunAsync("whoami")).Exit);

        Task<(int Exit, string Output)> RunAsync(string command, string? password = null) =>
            CliProcess.RunAsync(server.Address, Path.Combine(folder, "tokens.json"), command, password, native);
    }

    // In folders of its own, so that no build of the repository finds what it leaves. A warning about code that cannot be trimmed fails it.
    private static async Task<string> PublishAsync(string folder)
    {
        var root = typeof(CliSampleTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static a => a.Key == "Root")
            .Value!;
        var (artifacts, output) = (Path.Combine(folder, "artifacts"), Path.Combine(folder, "published"));
        using var publish = new Process
        {
            StartInfo = new("dotnet")
            {
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                ArgumentList =
                {
                    "publish",
                    "samples/Cli",
                    "--runtime",
                    RuntimeInformation.RuntimeIdentifier,
                    "--artifacts-path",
                    artifacts,
                    "--output",
                    output,
                    "-p:PublishAot=true",
                    "-p:RunAnalyzers=false",
                    "-nodeReuse:false",
                },
            },
        };
        publish.Start();
        var said = await publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(publish.ExitCode == 0, said);
        return Path.Combine(output, OperatingSystem.IsWindows() ? "Cli.exe" : "Cli");
    }
}
