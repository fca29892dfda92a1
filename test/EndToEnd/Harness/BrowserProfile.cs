using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>Chromium without script, with a profile on the disk: it can be closed, and opened again.</summary>
internal sealed class BrowserProfile : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-e2e-");
    private readonly FaultProxy _proxy;
    private readonly IPlaywright _playwright;
    private IBrowserContext? _browser;

    private BrowserProfile(FaultProxy proxy, IPlaywright playwright) => (_proxy, _playwright) = (proxy, playwright);

    public static async Task<BrowserProfile> CreateAsync(ServerProcess server) =>
        new(await FaultProxy.StartAsync(server.Address), await Playwright.CreateAsync());

    /// <summary>Opens the browser, and a tab in it.</summary>
    public async Task<PlainTab> OpenAsync()
    {
        _browser = await _playwright.Chromium.LaunchPersistentContextAsync(_folder.FullName, Browsers.PersistentWithoutScript);
        return await PlainTab.OpenAsync(_browser, _proxy);
    }

    public async Task CloseAsync()
    {
        if (_browser is not { } browser)
            return;
        _browser = null;
        await browser.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _playwright.Dispose();
        await _proxy.DisposeAsync();
        TemporaryFolder.Delete(_folder.FullName);
    }
}
