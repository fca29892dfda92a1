using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>A sign-in over https binds its session to the device if the browser can. Other browsers notice nothing.</summary>
public sealed class BoundSignIns(World world, DeviceResults results) : DeviceTest(world, results)
{
    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task Each_way_to_sign_in_binds_the_session_once(Browser browser)
    {
        var app = await StartAppAsync();
        var byFetch = await OpenSignedInAsync(browser, app);

        var byForm = await OpenAsync(browser, app);
        await byForm.Tab.Page.GotoAsync(new Uri(byForm.Proxy.Origin, DevicePages.Login).ToString());
        await byForm.Tab.Page.FillAsync("input", "ada");
        await byForm.Tab.Page.ClickAsync("button");
        await byForm.Tab.Page.WaitForURLAsync(new Uri(byForm.Proxy.Origin, DevicePages.Me).ToString());

        var byPage = await OpenAsync(browser, app);
        await byPage.Tab.Page.GotoAsync(new Uri(byPage.Proxy.Origin, DevicePages.Welcome).ToString());

        foreach (var device in new[] { byFetch, byForm, byPage })
        {
            await device.SeesBoundAsync();
            await device.Tab.LoadAsync();
            await device.ExpireAsync();
            Assert.Equal(200, (await device.Tab.FetchAsync()).Status);
            Assert.Equal(1, device.Refreshed);
            Assert.Equal(device.Binds ? 1 : 0, device.Proxy.Count(Device.Registration));
            AssertUsesOneWayToRefresh(device);
        }
        Assert.Equal(byFetch.Binds ? 3 : 0, app.Meters.Count("pawl.device.registrations bound"));
        Saw(DeviceScenario.SignIn, browser, byFetch.Binds ? "1, 1, 1 registrations" : "0 registrations");
    }

    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task Another_user_who_signs_in_gets_a_session_that_is_bound_and_the_first_one_stops_quietly(Browser browser)
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(browser, app);
        var (first, second) = (await device.SidAsync(), User.New("ben"));
        await device.Tab.SignInAsync(second);
        await device.SeesBoundAsync(2);
        var sid = await device.SidAsync();
        Assert.NotEqual(first, sid);

        await device.ExpireAsync();
        var reply = await device.Tab.FetchAsync();

        Assert.Equal((200, second.Email), (reply.Status, reply.Body));
        await device.IsUndisturbedAsync(sid);
        if (device.Binds)
            // The browser refreshes the first session, too, unless the second one brings the cookie before.
            Assert.All(device.Events.Ended, static reason => Assert.Equal("ServerRequested", reason));
        Assert.Equal(0, app.CountEvents("device_proof_refused"));
        AssertUsesOneWayToRefresh(device);
        Saw(DeviceScenario.OtherUser, browser, device.Binds ? "second bound, 0 sign-outs" : "second signed in");
    }

    /// <summary>A script of the page can read the offer of a sign-in by fetch, and can set the header of a proof.</summary>
    [Theory]
    [InlineData(Browser.BoundChromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_script_cannot_bind_the_session_to_a_key_of_its_own(Browser browser)
    {
        var app = await StartAppAsync();
        var device = await OpenAsync(browser, app);

        var answers = await device.Tab.RunAsync<int[]>(ForgeryScript.Text, ForgeryScript.Modes);

        Assert.Equal(3, answers.Length);
        Assert.All(answers, static status => Assert.InRange(status, 400, 499));
        await device.SeesBoundAsync();
        await device.Tab.LoadAsync();
        await device.IsUndisturbedAsync(await device.SidAsync());
        Assert.Equal(device.Binds ? 1 : 0, app.CountEvents("session_bound"));
        Assert.Equal(2, app.Meters.Count("pawl.device.registrations csrf_rejected"));
        Saw(DeviceScenario.Forgery, browser, string.Join(", ", answers));
    }

    private static void AssertUsesOneWayToRefresh(Device device) =>
        Assert.Equal(0, device.Proxy.Count(device.Binds ? Tab.Refresh : Device.Refresh));
}
