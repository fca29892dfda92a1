using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>
/// A firewall that answers in the place of the app makes the browser forget its key. What comes then is the choice of the app.
/// </summary>
public sealed class LostBindings(World world, DeviceResults results) : DeviceTest(world, results)
{
    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    public async Task Where_binding_is_preferred_the_session_goes_on_without_it(int status)
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(Browser.BoundChromium, app);
        var sid = await device.SidAsync();
        await BlockAsync(device, status);

        for (var again = 0; again < 3; again++)
            await device.IsUndisturbedAsync(sid);

        Assert.InRange(app.CountEvents("device_binding_lost"), 1, 4);
        Saw(DeviceScenario.BlockedPreferred, Browser.BoundChromium, $"{status}: 0 sign-outs, `device_binding_lost`");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    public async Task Where_binding_is_required_the_user_signs_in_again(int status)
    {
        var app = await StartAppAsync(Required);
        var user = User.New();
        var device = await OpenAsync(Browser.BoundChromium, app);
        await device.SignInAsync(user);

        var reply = await BlockAsync(device, status);

        Assert.Equal(401, reply.Status);
        await device.Tab.SeesSignedOutAsync();
        device.Proxy.Heal(Device.Refresh);
        await device.SignInAsync(user);
        await device.Tab.LoadAsync();
        await device.IsUndisturbedAsync(await device.SidAsync());
        Assert.Equal(0, app.CountEvents("device_binding_lost"));
        Saw(DeviceScenario.BlockedRequired, Browser.BoundChromium, $"{status}: signed out, then bound anew");
    }

    [Fact]
    public async Task A_browser_that_restarts_still_has_its_key()
    {
        var app = await StartAppAsync(Required);
        await using var profile = await BrowserProfile.CreateAsync(app, Browsers.PersistentBound, isHttps: true);
        profile.Proxy.AddPage(Tab.Path, "<!doctype html><title>A page of the app</title>");
        var before = new Tab((await profile.OpenContextAsync()).Pages[0], profile.Proxy.Origin, Tab.Script);
        await before.LoadAsync();
        await before.SignInAsync(User.New());
        await Eventually.TrueAsync(() => profile.Proxy.Of(Device.Registration).Any(static e => e.Status == 200), "the session is bound");
        var sid = (await before.StateAsync()).Sid;
        await profile.CloseAsync();
        app.LetAccessTokensExpire();

        var after = new Tab((await profile.OpenContextAsync()).Pages[0], profile.Proxy.Origin, Tab.Script);
        await after.LoadAsync();
        await after.LapseAsync();
        Assert.Equal(200, (await after.FetchAsync()).Status);

        Assert.Equal(sid, (await after.StateAsync()).Sid);
        Assert.Contains(profile.Proxy.Of(Device.Refresh), static e => e.Status == 200 && e.Device.Proof is not null);
        Assert.Equal(1, profile.Proxy.Count(Device.Registration));
        Saw(DeviceScenario.Restart, Browser.BoundChromium, "1 registration, refreshed with a proof");
    }

    /// <summary>Something before the app answers each refresh, until the browser has given its session up.</summary>
    private static async Task<Reply> BlockAsync(Device device, int status)
    {
        device.Proxy.On(Device.Refresh, Faults.Answer(status));
        await device.ExpireAsync();
        var reply = await device.Tab.FetchAsync();
        await Eventually.TrueAsync(() => device.Events.Ended.Any(), "the browser has given its session up");
        return reply;
    }
}
