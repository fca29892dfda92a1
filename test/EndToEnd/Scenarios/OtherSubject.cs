using System.Diagnostics;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>What apps do by hand or with a small library, with tokens in localStorage: bench/clients/page.mjs.</summary>
internal sealed class OtherSubject(string name) : Subject
{
    private const string ModulePath = "/e2e/others.js";

    private static readonly Lazy<Task<string>> Module = new(BundleAsync);

    public override string Name => name;

    internal override string Script => $"async () => (await import('{ModulePath}')).start('{name}')";

    internal override string Refresh => "/refresh";

    internal override string Logout => "/logout";

    // Like ours: three seconds by the clock, or longer than a scenario looks.
    internal override ServerProgram Server(Pace pace) => new OtherServer(pace == Pace.Quick ? 3_000 : 3_600_000);

    internal override async Task PrepareAsync(Visitor visitor) => visitor.Proxy.AddPage(ModulePath, await Module.Value, contentType: "text/javascript");

    // Such a client reads no lifetime: it learns by a 401.
    internal override Task LapseAsync(Visitor visitor, Tab tab) => tab.RunAsync<object?>("() => client.tell('/lapse').then(() => null)");

    internal override Task SpoilAsync(Visitor visitor, Tab tab) => LapseAsync(visitor, tab);

    internal override Task SignOutByPageAsync(Tab plain) =>
        plain.RunAsync<object?>("() => fetch('/logout', { method: 'POST', body: JSON.stringify({ refresh: localStorage.getItem('refresh') }) }).then(() => null)");

    private static async Task<string> BundleAsync()
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Repository.File("bench/clients/page.mjs")]) { RedirectStandardOutput = true })!;
        var module = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.Equal(0, node.ExitCode);
        return module;
    }
}
