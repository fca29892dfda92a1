using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pawl.EndToEnd.Harness;

/// <summary>A test of samples/Blazor in Chromium. All of them share its two nodes.</summary>
[Collection("Blazor")]
public abstract partial class BlazorTest(World world) : IAsyncLifetime
{
    /// <summary>For a WebAssembly app that is loaded for the first time, on a busy machine.</summary>
    protected const float Patience = 60_000;

    private static readonly string Shared = Directory.CreateTempSubdirectory("pawl-e2e-").FullName;
    private readonly List<IBrowserContext> _contexts = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var context in _contexts)
            await context.CloseAsync();
    }

    internal Task<ServerProcess> NodeAsync(int node) => world.ServerAsync(new BlazorSettings(node, Shared));

    internal static string At(ServerProcess node, string path) =>
        new Uri(new Uri($"http://localhost:{node.Address.Port}"), path).ToString();

    /// <summary>A page of a browser profile of its own.</summary>
    /// <param name="withoutClient">Whether the script that keeps the session fresh is missing from the app's pages.</param>
    internal async Task<(IPage Page, ServerProcess Node)> OpenAsync(bool withoutClient = false)
    {
        var node = await NodeAsync(0);
        var context = await (await world.BrowserAsync(Browser.Chromium)).NewContextAsync();
        _contexts.Add(context);
        if (withoutClient)
            await context.RouteAsync(ScriptOfPages(), static route => route.AbortAsync());
        return (await context.NewPageAsync(), node);
    }

    internal async Task<(IPage Page, ServerProcess Node)> SignInAsync(string path, bool withoutClient = false)
    {
        var (page, node) = await OpenAsync(withoutClient);
        await SignInAsync(page, node, path, "ada");
        return (page, node);
    }

    internal static async Task SignInAsync(IPage page, ServerProcess node, string path, string name)
    {
        await page.GotoAsync(At(node, "/login?ReturnUrl=" + Uri.EscapeDataString(path)));
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.Locator("#user")).ToHaveTextAsync(name, new() { Timeout = Patience });
    }

    /// <summary>Ends the session of a page at a node, from outside of its browser.</summary>
    internal static async Task EndAsync(IPage page, ServerProcess node)
    {
        using var outsider = new Outsider(node);
        var access = (await page.Context.CookiesAsync()).Single(static c => c.Name == CookieNames.Access).Value;
        Assert.Equal(204, (await outsider.SendAsync(HttpMethod.Post, "/auth/logout", (CookieNames.Access, access))).Status);
    }

    /// <summary>What the browser does with the cookies when the access token expires.</summary>
    protected static async Task ExpireAsync(IPage page)
    {
        await page.Context.ClearCookiesAsync(new() { Name = CookieNames.Access });
        await page.Context.ClearCookiesAsync(new() { Name = "__Host-pawl-fresh" });
    }

    /// <summary>Waits until the components of a page run in a place: a pattern of names that the framework gives.</summary>
    protected static Task RunsAsync(IPage page, string where) =>
        Expect(page.Locator("section")).ToHaveAttributeAsync("data-where", new Regex($"^({where})$"), new() { Timeout = Patience });

    /// <summary>Either the component shows it, or the page was loaded again and led to the sign-in.</summary>
    protected static Task LosesUserAsync(IPage page) =>
        Expect(page.Locator("#anonymous").Or(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })))
            .ToBeVisibleAsync(new() { Timeout = Patience });

    // The script that connects the session to .NET has the same name, in another folder.
    [GeneratedRegex(@"^[^/]+//[^/]+/session(\.\w+)?\.js")]
    private static partial Regex ScriptOfPages();
}
