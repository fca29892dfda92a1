using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>What goes wrong on the way of a refresh with a proof signs no user out.</summary>
public sealed class BoundFaults(World world, DeviceResults results) : DeviceTest(world, results)
{
    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_lost_answer_is_asked_for_again(Browser browser)
    {
        var device = await OpenSignedInAsync(browser, await StartAppAsync());
        var sid = await device.SidAsync();
        // By then a refresh replaces the refresh token, so the lost answer has the only copy of the new one.
        await device.IsUndisturbedAsync(sid);
        device.Proxy.On(device.RefreshPath, Faults.DropAnswer, times: 1);
        var before = device.Proxy.Count(device.RefreshPath);

        await device.ExpireAsync();
        await Eventually.TrueAsync(async () => (await device.Tab.FetchAsync()).Status == 200, "a request is answered");

        Assert.InRange(device.Proxy.Count(device.RefreshPath) - before, 2, 3);
        for (var again = 0; again < 3; again++)
            await device.IsUndisturbedAsync(sid);
        var proofs = device.Proxy.Of(Device.Refresh).Skip(before).Take(2).Select(static e => e.Device.Proof).Distinct().Count();
        Saw(DeviceScenario.LostAnswer, browser, device.Binds ? $"{(proofs == 1 ? "same" : "new")} proof, 0 sign-outs" : "0 sign-outs");
    }

    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_server_that_is_unavailable_six_times_signs_no_user_out(Browser browser)
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(browser, app);
        var sid = await device.SidAsync();
        // The client waits longer after each. TransientFailures has more about that.
        var times = device.Binds ? 6 : 2;
        device.Proxy.On(device.RefreshPath, Faults.Answer(503, retryAfter: "0"), times);

        await Eventually.TrueAsync(
            async () =>
            {
                await device.Tab.LapseAsync();
                var reply = await device.Tab.FetchAsync();
                // The browser sends the request all the same, and the access token is still good. A script waits for its refresh.
                Assert.True(reply.Status == 200 || (!device.Binds && reply.Error == "refresh_unavailable"), $"{reply}");
                return device.Refreshed > 0;
            },
            "the refresh has come through"
        );

        Assert.Equal(times, device.Proxy.Of(device.RefreshPath).Count(static e => e.Status == 503));
        var skipped = device.Proxy.Log.Count(static e => e.Device.Skipped is not null);
        if (device.Binds)
        {
            Assert.InRange(skipped, 6, int.MaxValue);
            Assert.InRange(app.Meters.Count("pawl.device.skipped server_error"), 1, skipped);
            Assert.Empty(device.Events.Ended);
        }
        await device.IsUndisturbedAsync(sid);
        Saw(DeviceScenario.Unavailable, browser, device.Binds ? "0 sign-outs, each skip counted" : "twice: 0 sign-outs");
    }

    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_server_that_is_unavailable_after_the_access_token_has_expired_signs_no_user_out(Browser browser)
    {
        var device = await OpenSignedInAsync(browser, await StartAppAsync());
        var sid = await device.SidAsync();
        device.Proxy.On(device.RefreshPath, Faults.Answer(503, retryAfter: "0"), times: 3);
        await device.ExpireAsync();

        await Eventually.TrueAsync(async () => (await device.Tab.FetchAsync()).Status == 200, "a request is answered");

        await device.IsUndisturbedAsync(sid);
    }

    [Fact]
    public async Task A_browser_that_has_used_up_its_proofs_stays_signed_in()
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(Browser.LimitedBoundChromium, app);
        var sid = await device.SidAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                await device.Tab.LapseAsync();
                Assert.Equal(200, (await device.Tab.FetchAsync()).Status);
                return app.Meters.Count("pawl.device.skipped quota_exceeded") > 0;
            },
            "the browser says that it may not sign"
        );

        Assert.InRange(device.Refreshed, 4, 6);
        Assert.Empty(device.Events.Ended);
        var state = await device.Tab.StateAsync();
        Assert.Equal(("signed-in", sid), (state.Status, state.Sid));
        Saw(DeviceScenario.Limit, Browser.BoundChromium, "0 sign-outs, `quota_exceeded` counted");
    }

    [Fact]
    public async Task Another_node_takes_the_proof_of_a_challenge_that_is_not_its_own()
    {
        var app = await StartAppAsync();
        var other = await StartNodeAsync(app);
        var device = await OpenSignedInAsync(Browser.BoundChromium, app);
        var sid = await device.SidAsync();
        device.Proxy.On(
            Device.Refresh,
            async call =>
            {
                await call.AskForProofAsync();
                device.Proxy.Upstream = other.Address;
                await call.AnswerAsync();
            },
            times: 1
        );

        await device.ExpireAsync();
        var reply = await device.Tab.FetchAsync();

        Assert.Equal(200, reply.Status);
        Assert.Equal([403, 200], device.Proxy.Of(Device.Refresh).Select(static e => e.Status ?? 0));
        await device.IsUndisturbedAsync(sid);
        Saw(DeviceScenario.OtherNode, Browser.BoundChromium, "403, then tokens from the other node");
    }

    [Fact]
    public async Task A_challenge_that_is_too_old_costs_one_more_request()
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(Browser.BoundChromium, app);
        var sid = await device.SidAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await device.Tab.LapseAsync();

        var reply = await device.Tab.FetchAsync();

        Assert.Equal(200, reply.Status);
        Assert.Equal([403, 200], device.Proxy.Of(Device.Refresh).Select(static e => e.Status ?? 0));
        Assert.Equal(0, app.CountEvents("device_proof_refused"));
        Assert.Equal(1, app.Meters.Count("pawl.device.refreshes challenged"));
        Assert.Equal(1, app.Meters.Count("pawl.device.refreshes refreshed"));
        await device.IsUndisturbedAsync(sid);
        Saw(DeviceScenario.OldChallenge, Browser.BoundChromium, "403, then tokens");
    }

    [Fact]
    public async Task A_node_that_is_killed_between_challenge_and_proof_forgets_nothing()
    {
        await using var server = await ServerProcess.StartAsync(ServerSettings.Settling with { DeviceBinding = Preferred });
        var device = await OpenSignedInAsync(Browser.BoundChromium, server);
        var sid = await device.SidAsync();
        device.Proxy.On(
            Device.Refresh,
            async call =>
            {
                await call.AskForProofAsync();
                await server.KillAsync();
                await call.AnswerAsync();
            },
            times: 1
        );
        await device.ExpireAsync();

        Assert.Equal(
            0,
            (await device.Tab.RunAsync<Reply>("() => fetch('/api/me').then(() => ({ status: 1 }), () => ({ status: 0 }))")).Status
        );
        await server.StartAsync();
        await Eventually.TrueAsync(async () => (await device.Tab.FetchAsync()).Status == 200, "a request is answered");

        await device.IsUndisturbedAsync(sid);
        Assert.InRange(device.Refreshed, 1, int.MaxValue);
        Assert.Empty(device.Events.Ended);
        Saw(DeviceScenario.Killed, Browser.BoundChromium, "0 sign-outs");
    }
}
