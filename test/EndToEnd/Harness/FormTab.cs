using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>
/// A tab with pages and forms. It is used with mouse and keyboard alone, as the driver's own ways of clicking and typing need script.
/// </summary>
internal sealed class FormTab(IPage page, Uri origin)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public IPage Page => page;

    /// <summary>Path and query of the page that is shown.</summary>
    public string Shown => new Uri(page.Url).PathAndQuery;

    public async Task GoAsync(string path) => await page.GotoAsync(new Uri(origin, path).ToString());

    /// <summary>Types into fields, which are found by their names.</summary>
    public async Task FillAsync(params (string Name, string Text)[] fields)
    {
        foreach (var (name, text) in fields)
        {
            await ClickAsync(page.Locator($"[name='Input.{name}']"));
            await page.Keyboard.TypeAsync(text);
        }
    }

    public Task CheckAsync(string name) => ClickAsync(page.Locator($"[name='Input.{name}'][type=checkbox]"));

    public Task PressAsync(string button) => LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First);

    /// <summary>Clicks what leads to another page, and waits until that page is shown.</summary>
    public async Task LeaveByAsync(ILocator what)
    {
        var loaded = new TaskCompletionSource();
        void Take(object? sender, IPage shown) => loaded.TrySetResult();
        page.Load += Take;
        await ClickAsync(what);
        await loaded.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        page.Load -= Take;
    }

    private async Task ClickAsync(ILocator what)
    {
        var box = await what.BoundingBoxAsync() ?? throw new InvalidOperationException($"{what} is not shown on {Shown}.");
        await page.Mouse.ClickAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }
}
