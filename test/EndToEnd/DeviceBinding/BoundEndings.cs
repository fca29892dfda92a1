using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>A session that has ended stays so: the key of the device revives nothing, and the browser forgets it.</summary>
public sealed class BoundEndings(World world, DeviceResults results) : DeviceTest(world, results)
{
    [Theory]
    [InlineData(Browser.BoundChromium, "here")]
    [InlineData(Browser.Firefox, "here")]
    [InlineData(Browser.BoundChromium, "in another tab")]
    [InlineData(Browser.BoundChromium, "in the list of devices")]
    [InlineData(Browser.Firefox, "in the list of devices")]
    public async Task A_sign_out_ends_access_at_once_and_the_browser_forgets_the_key(Browser browser, string where)
    {
        var app = await StartAppAsync();
        var user = User.New();
        var device = await OpenAsync(browser, app);
        await device.SignInAsync(user);
        using var outsider = new Outsider(app);
        var (access, sid) = (await device.Visitor.CookieAsync(CookieNames.Access), await device.SidAsync());

        await EndAsync(device, where, user, sid);
        // A sign-out may have to wait for a refresh, as each request may.
        var refreshed = device.Refreshed;

        Assert.Equal("session_ended", (await outsider.AskAsync(access!)).Code);
        await device.Tab.LapseAsync();
        Assert.Equal(401, (await device.Tab.FetchAsync()).Status);
        await device.Tab.SeesSignedOutAsync();
        if (device.Binds)
        {
            await Eventually.TrueAsync(() => device.Events.Ended.Any(), "the browser has ended its own session");
            Assert.Equal(["ServerRequested"], device.Events.Ended);
        }
        var refreshes = device.Proxy.Count(Device.Refresh);
        await device.Tab.RunAsync<int>("() => fetch('/api/me').then((r) => r.status)");
        Assert.Equal(refreshes, device.Proxy.Count(Device.Refresh));
        Assert.Equal(refreshed, device.Refreshed);
        Saw(DeviceScenario.SignOut, browser, $"{where}: {(device.Binds ? "`ServerRequested`" : "signed out")}");
    }

    [Fact]
    public async Task The_key_alone_revives_nothing_after_the_cookies_are_cleared()
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(Browser.BoundChromium, app);
        var refresh = await device.Visitor.CookieAsync(CookieNames.Refresh);
        device.Proxy.On(
            Tab.Me,
            async call =>
            {
                await call.ForwardAsync();
                call.Context.Response.Headers["Clear-Site-Data"] = "\"cookies\"";
                await call.AnswerAsync();
            },
            times: 1
        );
        Assert.Equal(200, (await device.Tab.FetchAsync()).Status);

        Assert.Equal(401, (await device.Tab.FetchAsync()).Status);

        var proved = Assert.Single(device.Proxy.Of(Device.Refresh));
        Assert.NotNull(proved.Device.Proof);
        Assert.Empty(proved.Device.Cookies);
        Assert.Empty(proved.SetCookies);
        Assert.Equal(200, proved.Status);
        Assert.Empty(await device.Visitor.CookiesAsync());
        Assert.NotNull(refresh);
        var ended = string.Join(", ", device.Events.Ended.Select(static reason => $"`{reason}`"));
        Saw(DeviceScenario.Cleared, Browser.BoundChromium, $"a proof without cookies, no tokens, {ended}");
    }

    private async Task EndAsync(Device device, string where, User user, string sid)
    {
        if (where == "here")
            Assert.True(await device.Tab.SignOutAsync());
        else if (where == "in another tab")
            Assert.True(await (await device.Visitor.OpenAsync()).SignOutAsync());
        else
        {
            var other = await OpenAsync(device.Browser, (DeviceApp)device.Visitor.Server);
            await other.SignInAsync(user);
            var ended = await other.Tab.RunAsync<Reply>("(sid) => call(`/auth/sessions/${sid}`, { method: 'DELETE' })", sid);
            Assert.Equal(204, ended.Status);
        }
    }
}
