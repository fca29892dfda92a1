using System.Collections.Concurrent;
using System.Diagnostics;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>
/// Another client, as it comes: its page is bench/clients/pages/<c>page</c>.js, and its server's stand-in
/// bench/clients/servers/<c>server</c>.mjs.
/// </summary>
internal sealed class OtherSubject(string name, string page, string server, TimeSpan margin = default) : Subject
{
    private const string ModulePath = "/e2e/others.js";

    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Modules = [];

    public override string Name => name;

    internal override string Script => $"async () => (await import('{ModulePath}')).start('{name}')";

    internal override string Refresh => RefreshPath;

    internal override string Logout => LogoutPath;

    // axios does not.
    internal override bool TakesRequests => page != "interceptors";

    internal override bool SignsInWhereItRefreshes => IsTokenEndpoint;

    public string RefreshPath { get; init; } = "/refresh";

    public string LogoutPath { get; init; } = "/logout";

    public bool IsTokenEndpoint { get; init; }

    internal override TimeSpan Margin => margin;

    // Like ours: three seconds by the clock, as the client sees it, or longer than a scenario looks.
    internal override ServerProgram Server(Pace pace) =>
        new OtherServer(server, (pace == Pace.Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromHours(1)) + Margin);

    internal override async Task PrepareAsync(Visitor visitor) =>
        visitor.Proxy.AddPage(
            ModulePath,
            await Modules.GetOrAdd(page, static p => new(() => BundleAsync(p))).Value,
            contentType: "text/javascript"
        );

    internal override Task LapseAsync(Visitor visitor, Tab tab) => tab.RunAsync<object?>("() => client.lapse().then(() => null)");

    internal override Task SpoilAsync(Visitor visitor, Tab tab) => tab.RunAsync<object?>("() => client.spoil().then(() => null)");

    internal override Task SignOutByPageAsync(Tab plain) =>
        plain.RunAsync<object?>($"async () => {{ await (await import('{ModulePath}')).signOutByPage(); }}");

    private static async Task<string> BundleAsync(string page)
    {
        using var node = Process.Start(
            new ProcessStartInfo("node", [Repository.File("bench/clients/page.mjs"), page]) { RedirectStandardOutput = true }
        )!;
        var module = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.Equal(0, node.ExitCode);
        return module;
    }
}
