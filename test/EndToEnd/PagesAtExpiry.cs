using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// A page with 20 images whose access token has expired, in two tabs at once, left before it arrives, and shown again: in real browsers,
/// which decide for themselves what they cancel and which cookies they keep.
/// </summary>
public sealed class PagesAtExpiry(World world) : PlainPagesTest(world)
{
    [Theory]
    [InlineData(Browser.ChromiumWithoutScript, 6)]
    [InlineData(Browser.FirefoxWithoutScript, 3)]
    public async Task A_visitor_who_leaves_pages_before_they_arrive_stays_signed_in(Browser browser, int rounds)
    {
        var (visitor, tab) = await OpenSignedInAsync(PagesSettings.Quick, browser);
        var other = await PlainTab.OpenAsync(visitor.Context, visitor.Proxy);
        var session = (await visitor.CookieAsync(CookieNames.Session))!.Split('.')[0];

        for (var round = 0; round < rounds; round++)
        {
            await ExpireAsync(visitor);
            // The server has decided, and the browser goes elsewhere before its response arrives.
            var gate = new Gate();
            visitor.Proxy.On(PlainTab.Devices, gate.After, times: 1);
            var left = other.Page.GotoAsync(new Uri(visitor.Proxy.Origin, PlainTab.Devices).ToString());
            var shown = tab.GoAsync(PlainTab.Plates);
            await Eventually.TrueAsync(() => gate.Waiting == 1, "the page is on its way");
            await other.GoAsync(PlainTab.Plates);
            gate.Open();
            await shown;
            await left.ContinueWith(static _ => { }, TaskScheduler.Default);
            await tab.SeesAsync("Plates");
            await other.SeesAsync("Plates");
        }

        Assert.Equal(session, (await visitor.CookieAsync(CookieNames.Session))!.Split('.')[0]);
        Assert.DoesNotContain(visitor.Proxy.Log, static e => e.Path.StartsWith("/plates/", StringComparison.Ordinal) && e.Status >= 400);
        Say($"{browser}: {rounds} rounds, {visitor.Proxy.Count(PlainTab.Plates)} pages, 0 sign-outs.");
    }

    [Fact]
    public async Task A_browser_that_was_closed_comes_back_signed_in_if_the_visitor_wanted_it()
    {
        await using var profile = await BrowserProfile.CreateAsync(await World.ServerAsync(PagesSettings.Quick));
        var tab = await profile.OpenAsync();
        await tab.GoAsync(PlainTab.Plates);
        await tab.SignInAsync(remember: true);
        await tab.SeesAsync("Plates");

        await profile.CloseAsync();
        // The access token expires meanwhile.
        await Task.Delay(PagesSettings.Quick.AccessTokenLifetime!.Value, TestContext.Current.CancellationToken);
        tab = await profile.OpenAsync();
        await tab.GoAsync(PlainTab.Plates);
        await tab.SeesAsync("Plates");
        await tab.SignOutAsync();
        await tab.SignInAsync(remember: false);
        await tab.SeesAsync("Plates");

        await profile.CloseAsync();
        tab = await profile.OpenAsync();
        await tab.GoAsync(PlainTab.Plates);
        await tab.SeesSignInAsync();
    }
}
