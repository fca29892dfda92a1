using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>Pages of a bound session that are opened from elsewhere, or while the browser is busy with something else.</summary>
public sealed class BoundPages(World world, DeviceResults results) : DeviceTest(world, results)
{
    [Fact]
    public async Task A_link_from_another_site_opens_the_page_although_browsers_do_not_refresh_before_it()
    {
        var device = await OpenSignedInAsync(Browser.BoundChromium, await StartAppAsync());
        var target = new Uri(device.Proxy.Origin, DevicePages.Me);
        device.Proxy.AddPage("/e2e/elsewhere", $"<!doctype html><title>Elsewhere</title><a href='{target}'>Me</a>");
        var page = await device.Visitor.NewPageAsync();
        await page.GotoAsync($"https://127.0.0.1:{device.Proxy.Port}/e2e/elsewhere");
        await device.ExpireAsync();

        await page.ClickAsync("a");

        await page.WaitForFunctionAsync("() => document.title == 'Me'");
        Assert.Equal(target.ToString(), page.Url);
        Assert.Equal(1, device.Refreshed);
        Assert.DoesNotContain(device.Proxy.Log, static e => e.Status == 401);
        Saw(DeviceScenario.Link, Browser.BoundChromium, "1 refresh, page shown");
    }

    [Fact]
    public async Task A_refresh_that_is_late_does_not_bring_the_first_user_back()
    {
        var app = await StartAppAsync();
        var device = await OpenSignedInAsync(Browser.BoundChromium, app);
        var (other, second, gate) = (await device.Visitor.OpenAsync(), User.New("ben"), new Gate());
        await device.ExpireAsync();
        device.Proxy.On(Device.Refresh, gate.After, times: 1);
        var waiting = device.Tab.FetchAsync();
        await Eventually.TrueAsync(() => gate.Waiting == 1, "the refresh is on its way");

        var signIn = other.SignInAsync(second);
        gate.Open();
        await signIn;
        await waiting;
        await device.SeesBoundAsync(2);

        await device.ExpireAsync();
        var reply = await other.FetchAsync();
        Assert.Equal((200, second.Email), (reply.Status, reply.Body));
        Assert.Equal(0, app.CountEvents("device_proof_refused"));
        Saw(DeviceScenario.Late, Browser.BoundChromium, "the second user stays");
    }
}
