using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Third-party OAuth clients from npm find everything by discovery and do the refresh grant, revocation and introspection. So does Node's
/// own fetch, which sends Sec-Fetch-Mode as browsers do.
/// </summary>
public sealed class OutsideClientTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "test/Pawl.AspNetCore.Tests/Clients");

    [Requirement("HTTP-04", "HTTP-13", "RT-13")]
    [Fact]
    public async Task Third_party_clients_refresh_introspect_and_sign_out_by_the_standards()
    {
        await RequireNodeAsync();
        // The verifier uses the machine's clock.
        var clock = new TestClock(DateTimeOffset.UtcNow);
        await using var app = await TestApp.StartAsync(
            static o =>
            {
                o.Issuer = "https://auth.example";
                Billing.SetUp(o);
            },
            map: app => app.MapPost("/later", () => clock.Advance(TimeSpan.FromMinutes(1))), clock: clock, kestrel: true);

        var (exitCode, output) = await RunAsync(
            "node", "clients.mjs", app.Address.ToString().TrimEnd('/'), "https://auth.example", Billing.Name, Billing.Secret);

        var seen = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["oauth4webapi", "openid-client", "fetch of Node"], seen.Select(static s => s.GetProperty("client").GetString()!));
        const string expected = """{"rotated":true,"name":"ada","active":true,"ended":true,"refused":"invalid_grant"}""";
        Assert.All(seen, static s => Assert.Equal(expected, Without(s, "client")));
        Assert.Equal(0, exitCode);
    }

    private static string Without(JsonElement seen, string member) =>
        JsonSerializer.Serialize(seen.EnumerateObject().Where(m => m.Name != member).ToDictionary(static m => m.Name, static m => m.Value));

    // CI has Node; elsewhere the test is skipped and names the missing program.
    private static async Task RequireNodeAsync()
    {
        var missing = await FindMissingAsync();
        Assert.False(missing is not null && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipWhen(missing is not null, missing ?? "");
    }

    private static async Task<string?> FindMissingAsync()
    {
        try
        {
            if (Directory.Exists(Path.Combine(Folder, "node_modules/openid-client")))
                return (await RunAsync("node", "--version")).ExitCode is 0 ? null : "node does not run.";
            var installed = await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci");
            return installed.ExitCode is 0 ? null : $"npm ci in {Folder} failed.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node is not here: install nodejs and npm.";
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
