using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// OAuth clients of others, as they come from npm, find everything by discovery and do the refresh grant, revocation and introspection; and so does the fetch that Node
/// has built in, which names a Sec-Fetch-Mode as browsers do.
/// </summary>
public sealed class OutsideClientTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "test/Pawl.AspNetCore.Tests/Clients");

    [Requirement("HTTP-04", "HTTP-13", "RT-13")]
    [Fact]
    public async Task Clients_of_others_refresh_ask_and_sign_out_by_the_standards()
    {
        await RequireNodeAsync();
        // The verifier goes by the machine's clock.
        var clock = new TestClock(DateTimeOffset.UtcNow);
        await using var app = await TestApp.StartAsync(
            static o =>
            {
                o.Issuer = "https://auth.example";
                Billing.SetUp(o);
            },
            map: app => app.MapPost("/later", () => clock.Advance(TimeSpan.FromMinutes(1))), clock: clock, kestrel: true);

        var (exitCode, output) = await RunAsync("node", "clients.mjs", app.Address.ToString().TrimEnd('/'), "https://auth.example", Billing.Name, Billing.Secret);

        var seen = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["oauth4webapi", "openid-client", "fetch of Node"], seen.Select(static s => s.GetProperty("client").GetString()!));
        Assert.All(seen, static s => Assert.Equal("""{"rotated":true,"name":"ada","active":true,"ended":true,"refused":"invalid_grant"}""", Without(s, "client")));
        Assert.Equal(0, exitCode);
    }

    private static string Without(JsonElement seen, string member) =>
        JsonSerializer.Serialize(seen.EnumerateObject().Where(m => m.Name != member).ToDictionary(static m => m.Name, static m => m.Value));

    // Where CI runs, Node is there; elsewhere the test says what is missing.
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
            return (await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci")).ExitCode is 0 ? null : $"npm ci in {Folder} failed.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node is not here: install nodejs and npm.";
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
