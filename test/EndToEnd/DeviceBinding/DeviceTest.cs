using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>A test of sessions that are bound to a device. Each browser has a profile of its own and a proxy that speaks https.</summary>
public abstract class DeviceTest(World world, DeviceResults results) : BrowserTest(world)
{
    protected const string Preferred = "Preferred";
    protected const string Required = "Required";

    private readonly List<DeviceApp> _apps = [];

    internal async Task<DeviceApp> StartAppAsync(string binding = Preferred)
    {
        var app = await DeviceApp.StartAsync(binding);
        _apps.Add(app);
        return app;
    }

    internal async Task<DeviceApp> StartNodeAsync(DeviceApp first, string binding = Preferred)
    {
        var app = await first.StartNodeAsync(binding);
        _apps.Insert(0, app);
        return app;
    }

    /// <summary>Opens a browser, and a page of the app in it.</summary>
    internal async Task<Device> OpenAsync(Browser browser, IServer server)
    {
        var visitor = await VisitAsync(server, new() { IgnoreHTTPSErrors = browser is Browser.Firefox }, browser: browser, isHttps: true);
        var tab = await visitor.OpenAsync();
        return new(browser, server, visitor, tab, browser.BindsSessions() ? await DeviceEvents.ListenAsync(tab.Page) : null);
    }

    internal async Task<Device> OpenSignedInAsync(Browser browser, IServer server)
    {
        var device = await OpenAsync(browser, server);
        await device.SignInAsync();
        return device;
    }

    /// <summary>Writes down for the table of docs/device-binding.md what a browser did.</summary>
    internal void Saw(DeviceScenario scenario, Browser browser, string what) => results.Add(scenario, browser, what);

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        foreach (var app in _apps)
            await app.DisposeAsync();
    }
}
