using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>Endpoints that ask for a bound session, or for a proof that is new.</summary>
public sealed class BoundEndpoints(World world, DeviceResults results) : DeviceTest(world, results)
{
    [Fact]
    public async Task A_fresh_proof_arrives_before_the_request_is_repeated_with_its_method_and_body()
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(Browser.BoundChromium, app);
        Assert.Equal(200, (await device.Tab.FetchAsync(DevicePages.Bound)).Status);
        foreach (var method in new[] { "GET", "POST" })
        {
            // The access token is good for longer. The proof is too old.
            app.Clock.Advance(TimeSpan.FromMinutes(2));
            var before = device.Proxy.Count(Device.Refresh);

            var reply = await device.Tab.RunAsync<Reply>(
                "([path, method]) => call(path, { method, body: method == 'POST' ? 'x'.repeat(3000) : undefined })",
                new[] { DevicePages.Proved, method }
            );

            Assert.Equal((method, 200), (method, reply.Status));
            if (method == "POST")
                Assert.Equal(3000, reply.Body.Length);
            Assert.Equal((method, before + 1), (method, device.Proxy.Count(Device.Refresh)));
        }
        Assert.Equal([307, 200, 307, 200], device.Proxy.Of(DevicePages.Proved).Select(static e => e.Status ?? 0));
        Assert.True(await device.Tab.IsSignedInAsync());
        Saw(DeviceScenario.FreshProof, Browser.BoundChromium, "GET: 1 refresh, POST: 1 refresh with its body");
    }

    [Fact]
    public async Task A_browser_that_binds_no_session_is_told_so()
    {
        var device = await OpenSignedInAsync(Browser.Firefox, await StartAppAsync());

        foreach (var path in new[] { DevicePages.Bound, DevicePages.Proved })
        {
            var reply = await device.Tab.FetchAsync(path);
            Assert.Equal((path, 403), (path, reply.Status));
            Assert.Contains("device_binding_required", reply.Body, StringComparison.Ordinal);
        }
        Assert.True(await device.Tab.IsSignedInAsync());
        Saw(DeviceScenario.FreshProof, Browser.Firefox, "403 `device_binding_required`");
    }
}
