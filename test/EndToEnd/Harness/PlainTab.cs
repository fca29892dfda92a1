using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>
/// A tab with samples/Pages in which scripts are off. It is used with mouse and keyboard, because the driver's own ways of clicking and
/// typing wait for timers of the page, which are off, too.
/// </summary>
internal sealed class PlainTab(IPage page, Uri origin)
{
    private const string ScriptPath = "/e2e/script";

    public const string Plates = "/";
    public const string Devices = "/devices";
    public const string Login = "/login";

    public IPage Page => page;

    /// <summary>Path and query of the page that is shown.</summary>
    public string Shown => new Uri(page.Url).PathAndQuery;

    public ILocator DeviceList => page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Listitem);

    /// <summary>Opens a tab, and sees that a script of a page does nothing in it.</summary>
    public static async Task<PlainTab> OpenAsync(IBrowserContext context, FaultProxy proxy)
    {
        proxy.AddPage(
            ScriptPath,
            "<!doctype html><title>off</title><script>document.title = 'on'</script><noscript><p id=plain>plain</p></noscript>"
        );
        var tab = new PlainTab(await context.NewPageAsync(), proxy.Origin);
        await tab.GoAsync(ScriptPath);
        Assert.Equal("off", await tab.Page.TitleAsync());
        Assert.Equal("plain", await tab.Page.TextContentAsync("#plain"));
        return tab;
    }

    public async Task GoAsync(string path) => await page.GotoAsync(new Uri(origin, path).ToString());

    /// <summary>Follows a link of the header to one of the sample's pages.</summary>
    public async Task FollowAsync(string link) =>
        await LeaveByAsync(page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = link, Exact = true }));

    public async Task PressAsync(string button) =>
        await LeaveByAsync(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }));

    /// <summary>The button of the header, which is on every page.</summary>
    public async Task SignOutAsync() =>
        await LeaveByAsync(page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }));

    /// <summary>Signs in on the page that is shown, as a member of the sample.</summary>
    public async Task SignInAsync(string name = "ada", bool remember = true)
    {
        await TypeAsync("Name", name);
        await TypeAsync("Password", $"{name}-likes-ferns");
        if (!remember)
            await ClickAsync(page.GetByLabel("Stay signed in on this device"));
        await PressAsync("Sign in");
    }

    /// <summary>Clicks what leads to another page, and waits for that page.</summary>
    public async Task LeaveByAsync(ILocator what)
    {
        var left = page.WaitForResponseAsync(static response => response.Request.IsNavigationRequest && response.Status is < 300 or >= 400);
        await ClickAsync(what);
        await left;
        await page.WaitForLoadStateAsync();
    }

    public async Task SeesAsync(string heading) =>
        await page.GetByRole(
                AriaRole.Heading,
                new()
                {
                    Name = heading,
                    Exact = true,
                    Level = 1,
                }
            )
            .WaitForAsync();

    /// <summary>Sees the page for signing in, with this sentence on why.</summary>
    public async Task SeesSignInAsync(string? why = null)
    {
        await SeesAsync("Sign in");
        if (why is not null)
            Assert.Contains(why, await page.GetByRole(AriaRole.Status).TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.GetByRole(AriaRole.Navigation).CountAsync());
    }

    private async Task TypeAsync(string label, string text)
    {
        await ClickAsync(page.GetByLabel(label));
        await page.Keyboard.TypeAsync(text);
    }

    private async Task ClickAsync(ILocator what)
    {
        var box = await what.BoundingBoxAsync() ?? throw new InvalidOperationException($"{what} is not shown on {Shown}.");
        await page.Mouse.ClickAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }
}
