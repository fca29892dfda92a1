using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>Pages that a server renders, in browsers without script: who signs in stays signed in, and who is signed out is out.</summary>
public sealed class PagesWithoutScript(World world) : PlainPagesTest(world)
{
    private const string FromAnotherDevice = "This device was signed out from another device.";

    [Theory]
    [InlineData(Browser.ChromiumWithoutScript)]
    [InlineData(Browser.FirefoxWithoutScript)]
    public async Task A_sign_in_leads_back_to_the_page_and_lasts_longer_than_three_access_tokens(Browser browser)
    {
        var (visitor, tab) = await OpenAsync(PagesSettings.Quick, browser);
        await tab.GoAsync(PlainTab.Devices);
        await tab.SeesSignInAsync();
        Assert.Equal("/login?ReturnUrl=%2Fdevices", tab.Shown);
        await tab.SignInAsync();
        await tab.SeesAsync("Devices");
        Assert.Equal(PlainTab.Devices, tab.Shown);

        var tokens = new HashSet<string?>();
        foreach (var link in new[] { "Plates", "Devices", "Curate" })
        {
            await ExpireAsync(visitor);
            await tab.FollowAsync(link);
            await tab.SeesAsync(link);
            Assert.True(tokens.Add(await visitor.CookieAsync(CookieNames.Access)));
        }

        Assert.DoesNotContain(visitor.Proxy.Log, static e => e.Path.StartsWith("/auth", StringComparison.Ordinal));
        Assert.Equal(20, visitor.Proxy.Log.Count(static e => e.Path.StartsWith("/plates/", StringComparison.Ordinal) && e.Status == 200));
    }

    [Fact]
    public async Task A_page_for_others_leads_to_the_page_that_says_so()
    {
        var (_, tab) = await OpenSignedInAsync(PagesSettings.Default, Browser.ChromiumWithoutScript, "ben");

        await tab.FollowAsync("Curate");

        await tab.SeesAsync("Curators only");
    }

    [Theory]
    [InlineData(Browser.ChromiumWithoutScript)]
    [InlineData(Browser.FirefoxWithoutScript)]
    public async Task A_sign_out_holds_in_the_other_tabs_also_after_the_access_token_has_expired(Browser browser)
    {
        var (visitor, tab) = await OpenSignedInAsync(PagesSettings.Quick, browser);
        var other = await PlainTab.OpenAsync(visitor.Context, visitor.Proxy);
        await other.GoAsync(PlainTab.Plates);
        await ExpireAsync(visitor);

        await tab.SignOutAsync();

        await tab.SeesSignInAsync("You have signed out.");
        Assert.Null(await visitor.CookieAsync(CookieNames.Refresh));
        // The access cookie is not looked at: Firefox may list one that has expired, but it does not send it.
        await other.FollowAsync("Devices");
        await other.SeesSignInAsync();
    }

    [Theory]
    [InlineData("Sign out everywhere")]
    [InlineData("Sign out all others")]
    public async Task The_other_browser_is_out_at_its_next_click(string button)
    {
        var (_, here) = await OpenSignedInAsync(PagesSettings.Default, Browser.ChromiumWithoutScript, "ben");
        var (_, there) = await OpenSignedInAsync(PagesSettings.Default, Browser.ChromiumWithoutScript, "ben");
        await here.FollowAsync("Devices");
        await here.SeesAsync("Devices");

        await here.PressAsync(button);

        await there.FollowAsync("Devices");
        await there.SeesSignInAsync(FromAnotherDevice);
        if (button == "Sign out everywhere")
        {
            await here.SeesSignInAsync("You have signed out.");
            return;
        }
        await here.SeesAsync("Devices");
        Assert.Equal(1, await here.DeviceList.CountAsync());
    }

    [Theory]
    [InlineData(Browser.ChromiumWithoutScript)]
    [InlineData(Browser.FirefoxWithoutScript)]
    public async Task One_device_is_signed_out_from_the_list_and_the_others_stay(Browser browser)
    {
        var (_, first) = await OpenSignedInAsync(PagesSettings.Default, browser);
        var (_, second) = await OpenSignedInAsync(PagesSettings.Default, browser);
        await second.FollowAsync("Devices");
        await second.SeesAsync("Devices");
        var devices = await second.DeviceList.CountAsync();
        Assert.Equal(1, await second.DeviceList.Filter(new() { HasText = "this device" }).CountAsync());

        // The newest is first: this device, and then the one that has signed in before.
        await second.LeaveByAsync(second.DeviceList.Nth(1).GetByRole(Microsoft.Playwright.AriaRole.Button));

        await second.SeesAsync("Devices");
        Assert.Equal(devices - 1, await second.DeviceList.CountAsync());
        await first.FollowAsync("Plates");
        await first.SeesSignInAsync(FromAnotherDevice);
        await first.SignInAsync();
        await first.SeesAsync("Plates");
    }

    [Theory]
    [InlineData(Browser.ChromiumWithoutScript)]
    [InlineData(Browser.FirefoxWithoutScript)]
    public async Task A_copied_cookie_jar_ends_the_session_for_both_and_the_owner_is_told_why(Browser browser)
    {
        var (visitor, owner) = await OpenSignedInAsync(PagesSettings.Quick, browser);
        var (thiefs, thief) = await OpenAsync(PagesSettings.Quick, browser);
        await CopyCookiesAsync(visitor, thiefs, thief);

        // Each moves on with what the other does not have, until one of them uses a token that the session has left behind.
        var (isOwnerIn, isThiefIn) = (true, true);
        for (var turn = 0; isOwnerIn && isThiefIn; turn++)
        {
            Assert.InRange(turn, 0, 3);
            isThiefIn = await MoveOnAsync(thiefs, thief);
            isOwnerIn = await MoveOnAsync(visitor, owner);
        }

        await owner.GoAsync(PlainTab.Plates);
        await owner.SeesSignInAsync("Your sign-in was used in two places at once");
        await thief.GoAsync(PlainTab.Plates);
        await thief.SeesSignInAsync();
    }

    /// <summary>Clicks until the refresh token is replaced; false if a click leads to the sign-in page.</summary>
    private static async Task<bool> MoveOnAsync(Visitor visitor, PlainTab tab)
    {
        var token = await visitor.CookieAsync(CookieNames.Refresh);
        await Eventually.TrueAsync(
            async () =>
            {
                await ExpireAsync(visitor);
                await tab.GoAsync(PlainTab.Devices);
                return tab.Shown != PlainTab.Devices || await visitor.CookieAsync(CookieNames.Refresh) != token;
            },
            "the refresh token is replaced"
        );
        return tab.Shown == PlainTab.Devices;
    }
}
