using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// A browser may drop any cookie at any time. At worst somebody is signed out by that; no error repeats itself, and signing in mends it.
/// </summary>
public sealed class CookieLoss(World world) : BrowserTest(world)
{
    [Requirement("CK-12")]
    [Theory]
    [InlineData(CookieNames.Access)]
    [InlineData(CookieNames.Fresh)]
    [InlineData(CookieNames.Session)]
    // Soon after the sign-in, the sign-in cookie replaces a lost refresh cookie.
    [InlineData(CookieNames.Refresh)]
    [InlineData(CookieNames.SignIn)]
    public async Task Losing_one_cookie_costs_one_refresh_and_nothing_else(string name)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = await visitor.OpenAsync();
        var user = await tab.SignInAsNewUserAsync();
        await visitor.LoseCookieAsync(name);
        // The refresh token is missed only when it is needed.
        if (name == CookieNames.Refresh)
            await tab.LapseAsync();

        for (var i = 0; i < 5; i++)
            await tab.FetchAsync(4);

        Assert.True(await tab.IsSignedInAsync());
        Assert.InRange(visitor.Proxy.Count(Tab.Refresh), 0, 1);
        Assert.InRange(visitor.Proxy.Count(Tab.Me), 20, 24);

        await tab.SignInAsync(user);
        Assert.Equal(200, (await tab.FetchAsync()).Status);
    }

    [Requirement("CK-12", "ATTACK-27")]
    [Fact]
    public async Task A_jar_that_overflows_signs_out_without_a_loop_of_errors()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var all = await visitor.OpenSignedInAsync(2);
        var tab = all[0];

        await tab.Page.EvaluateAsync("() => { for (let i = 0; i < 220; i++) document.cookie = `crumb${i}=1; Path=/; Secure`; }");
        // The browser writes them after the script has gone on.
        await Eventually.TrueAsync(
            async () => !(await visitor.CookiesAsync()).ContainsKey(CookieNames.Refresh),
            "the refresh cookie has been evicted"
        );

        foreach (var other in all)
        {
            for (var i = 0; i < 5; i++)
                await other.FetchAsync(4);
            await other.SeesSignedOutAsync();
        }
        Assert.InRange(visitor.Proxy.Count(Tab.Refresh), 0, 2);
        Assert.InRange(visitor.Proxy.Count(Tab.Me), 40, 44);

        await tab.Page.EvaluateAsync("() => { for (let i = 0; i < 220; i++) document.cookie = `crumb${i}=; Path=/; Secure; Max-Age=0`; }");
        await tab.SignInAsNewUserAsync();
        Assert.Equal(200, (await all[1].FetchAsync()).Status);
    }
}
