using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>Chromium with a profile on the disk: it can be closed, and opened again. Its scripts are off by default.</summary>
internal sealed class BrowserProfile : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pawl-e2e-");
    private readonly BrowserTypeLaunchPersistentContextOptions _options;
    private readonly IPlaywright _playwright;
    private IBrowserContext? _browser;

    private BrowserProfile(FaultProxy proxy, IPlaywright playwright, BrowserTypeLaunchPersistentContextOptions options) =>
        (Proxy, _playwright, _options) = (proxy, playwright, options);

    /// <summary>What stands between the browser and the server, for as long as the profile lasts.</summary>
    public FaultProxy Proxy { get; }

    public static async Task<BrowserProfile> CreateAsync(
        IServer server,
        BrowserTypeLaunchPersistentContextOptions? options = null,
        bool isHttps = false
    ) =>
        new(
            await FaultProxy.StartAsync(server.Address, isHttps),
            await Playwright.CreateAsync(),
            options ?? Browsers.PersistentWithoutScript
        );

    /// <summary>Opens the browser, and a tab in it.</summary>
    public async Task<PlainTab> OpenAsync() => await PlainTab.OpenAsync(await OpenContextAsync(), Proxy);

    /// <summary>Opens the browser.</summary>
    public async Task<IBrowserContext> OpenContextAsync() =>
        _browser = await _playwright.Chromium.LaunchPersistentContextAsync(_folder.FullName, _options);

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
        await Proxy.DisposeAsync();
        TemporaryFolder.Delete(_folder.FullName);
    }
}
