using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>The browser refreshes a bound session before it sends a request, once for all requests that wait.</summary>
public sealed class BoundRefreshes(World world, DeviceResults results) : DeviceTest(world, results)
{
    private static readonly (string Kind, string Script, string Expected)[] Kinds =
    [
        (
            "POST",
            "() => call('/api/echo', { method: 'POST', body: 'x'.repeat(2000) }).then((r) => `${r.status} ${r.body.length}`)",
            "200 2000"
        ),
        ("page", "() => new Promise((told) => { const a = open('/me'); a.onload = () => { told(a.document.title); a.close(); }; })", "Me"),
        (
            "EventSource",
            "() => new Promise((told) => { const e = new EventSource('/api/events'); "
                + "e.onmessage = (m) => { e.close(); told(m.data); }; e.onerror = () => told('failed'); })",
            "hello"
        ),
        (
            "WebSocket",
            "() => new Promise((told) => { const s = new WebSocket(`wss://${location.host}/api/socket`); "
                + "s.onmessage = (m) => { s.close(); told(m.data); }; s.onerror = () => told('failed'); })",
            "hello"
        ),
        (
            "stream",
            "() => fetch('/api/stream').then(async (r) => { let n = 0; for await (const part of r.body) n += part.length; "
                + "return `${n}`; })",
            "30000"
        ),
    ];

    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task An_expiry_costs_one_refresh_in_any_number_of_requests_and_tabs(Browser browser)
    {
        var device = await OpenSignedInAsync(browser, await StartAppAsync());
        foreach (var requests in new[] { 1, 5 })
            Saw(DeviceScenario.Expiry, browser, await CountAsync(device, () => device.Tab.FetchAsync(requests)));

        var other = await device.Visitor.OpenAsync();
        var seen = await CountAsync(device, async () =>
            [.. (await Task.WhenAll(device.Tab.FetchAsync(5), other.FetchAsync(5))).SelectMany(static replies => replies)]
        );

        Assert.True(await other.IsSignedInAsync());
        Saw(DeviceScenario.Tabs, browser, seen);
    }

    [Fact]
    public async Task Each_kind_of_request_waits_for_the_refresh()
    {
        var device = await OpenSignedInAsync(Browser.BoundChromium, await StartAppAsync());
        DevicePages.AddConnections(device.Proxy);
        foreach (var (kind, script, expected) in Kinds)
        {
            var before = device.Proxy.Count(Device.Refresh);
            await device.ExpireAsync();

            var answer = await device.Tab.RunAsync<string>(script);

            Assert.Equal((kind, expected), (kind, answer));
            Assert.Equal((kind, before + 1), (kind, device.Proxy.Count(Device.Refresh)));
        }
        Assert.DoesNotContain(device.Proxy.Log, static e => e.Status == 401);
        Saw(DeviceScenario.Kinds, Browser.BoundChromium, string.Join(", ", Kinds.Select(static _ => "1")) + " refreshes");
    }

    /// <summary>An expiry, and what it has cost; all requests are answered.</summary>
    private static async Task<string> CountAsync(Device device, Func<Task<Reply[]>> ask)
    {
        var before = (device.Refreshed, Calls: device.Proxy.Count(device.RefreshPath));
        await device.ExpireAsync();

        var replies = await ask();

        Assert.All(replies, static reply => Assert.Equal(200, reply.Status));
        Assert.DoesNotContain(device.Proxy.Log, static e => e.Status == 401);
        Assert.Equal((before.Refreshed + 1, before.Calls + 1), (device.Refreshed, device.Proxy.Count(device.RefreshPath)));
        Assert.Equal(0, device.Proxy.Count(device.Binds ? Tab.Refresh : Device.Refresh));
        return $"{replies.Length} at once: 1 refresh";
    }
}
