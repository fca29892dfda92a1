using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>Signed out means signed out: in every tab at once, and at the server for whoever kept a copy of the cookies.</summary>
public sealed class Logout(World world) : BrowserTest(world)
{
    // The promise is a second. A machine that is busy with other things may be late by itself, so the test prints what it took and allows
    // for that.
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(5);

    [Requirement("CLI-07")]
    [Fact]
    public async Task A_sign_out_is_heard_in_the_other_tabs_within_a_second()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var all = await visitor.OpenSignedInAsync(3);

        var before = await all[0]
            .RunAsync<double>(
                "async () => { const now = performance.timeOrigin + performance.now(); await session.signOut(); return now; }"
            );

        foreach (var other in all[1..])
        {
            await other.SeesSignedOutAsync();
            var heard = await other.RunAsync<double>("() => told.find(([type]) => type == 'signedout')[2]");
            Say($"Heard after {heard - before:0} ms.");
            Assert.InRange(heard - before, 0, Generous.TotalMilliseconds);
            Assert.Equal(401, (await other.FetchAsync()).Status);
        }
        Assert.Equal(0, visitor.Proxy.Count(Tab.Refresh));
    }

    [Requirement("SES-02", "HTTP-07", "ATTACK-22")]
    [Fact]
    public async Task Cookies_that_were_copied_before_are_refused_from_then_on()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var (access, refresh) = (await visitor.CookieAsync(CookieNames.Access), await visitor.CookieAsync(CookieNames.Refresh));
        using var outsider = new Outsider(visitor.Server);
        Assert.Equal(200, (await outsider.AskAsync(access!)).Status);

        Assert.True(await tab.SignOutAsync());

        var asked = await outsider.AskAsync(access!);
        Assert.Equal((401, "session_ended", "signed_out"), (asked.Status, asked.Code, asked.Reason));
        var refreshed = await outsider.RefreshAsync(refresh!);
        Assert.Equal((401, "session_ended", "signed_out"), (refreshed.Status, refreshed.Code, refreshed.Reason));
        // A refusal deletes nothing: a newer sign-in may have set these cookies.
        Assert.Empty(refreshed.Cookies);
    }

    [Requirement("CK-03")]
    [Fact]
    public async Task Everything_the_session_left_in_the_browser_is_gone()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        Assert.Equal(5, (await visitor.CookiesAsync()).Count);

        Assert.True(await tab.SignOutAsync());

        Assert.Empty(await visitor.CookiesAsync());
        Assert.Equal("", await tab.RunAsync<string>("() => document.cookie"));
    }

    [Requirement("SES-04")]
    [Theory]
    [InlineData("others", true, false)]
    [InlineData("everywhere", false, false)]
    public async Task A_sign_out_reaches_the_users_other_browsers(string scope, bool staysHere, bool staysThere)
    {
        var here = await VisitAsync(ServerSettings.Default);
        var there = await VisitAsync(ServerSettings.Default);
        var hereTab = await here.OpenAsync();
        var thereTab = await there.OpenAsync();
        var user = await hereTab.SignInAsNewUserAsync();
        await thereTab.SignInAsync(user);

        Assert.True(await hereTab.SignOutAsync(scope));

        Assert.Equal(staysHere ? 200 : 401, (await hereTab.FetchAsync()).Status);
        Assert.Equal(staysThere ? 200 : 401, (await thereTab.FetchAsync()).Status);
        Assert.Equal(staysHere, await hereTab.IsSignedInAsync());
        var state = await thereTab.StateAsync();
        Assert.Equal(("signed-out", "revoked"), (state.Status, state.Reason));
    }

    [Fact]
    public async Task Without_a_way_to_the_server_this_browser_is_signed_out_at_once_and_the_server_as_soon_as_it_can_be()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var all = await visitor.OpenSignedInAsync(2);
        var (access, refresh) = (await visitor.CookieAsync(CookieNames.Access), await visitor.CookieAsync(CookieNames.Refresh));
        using var outsider = new Outsider(visitor.Server);
        visitor.Proxy.On(Tab.Logout, Faults.Cut);

        Assert.False(await all[0].SignOutAsync());

        Assert.False(await all[0].IsSignedInAsync());
        await all[1].SeesSignedOutAsync();
        await all[1].LoadAsync();
        Assert.False(await all[1].IsSignedInAsync());
        Assert.Equal(0, visitor.Proxy.Count(Tab.Refresh));

        // Everything but the sign-out gets through, with cookies that no script can delete.
        Assert.Equal(401, (await all[0].FetchAsync()).Status);

        visitor.Proxy.Heal(Tab.Logout);
        await all[1].LoadAsync();

        await Eventually.TrueAsync(
            async () => (await visitor.CookiesAsync()).Count == 0,
            "the server has been told, and has deleted the cookies"
        );
        Assert.Equal("session_ended", (await outsider.AskAsync(access!)).Code);
        Assert.Equal("session_ended", (await outsider.RefreshAsync(refresh!)).Code);
    }

    [Fact]
    public async Task A_sign_out_with_which_the_page_is_left_reaches_the_server()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var access = await visitor.CookieAsync(CookieNames.Access);
        using var outsider = new Outsider(visitor.Server);

        await tab.Page.EvaluateAsync("() => { session.signOut(); location.href = '/e2e/page?left'; }");
        // Playwright's own wait for an address misses one that is reached while the wait begins.
        await Eventually.TrueAsync(() => tab.Page.Url.EndsWith("/e2e/page?left", StringComparison.Ordinal), "the page is left");

        await Eventually.TrueAsync(async () => (await outsider.AskAsync(access!)).Status == 401, "the access token is refused");
        await Eventually.TrueAsync(async () => !(await visitor.CookiesAsync()).ContainsKey(CookieNames.Refresh), "the cookies are gone");
        // What is left is a note that the server was told, and nobody there to hear its answer: the next page asks once more.
        await tab.LoadAsync();
        Assert.False(await tab.IsSignedInAsync());
        await Eventually.TrueAsync(async () => (await visitor.CookiesAsync()).Count == 0, "nothing is left at all");
    }

    [Fact]
    public async Task A_sign_out_whose_answer_is_lost_is_done_all_the_same()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var access = await visitor.CookieAsync(CookieNames.Access);
        using var outsider = new Outsider(visitor.Server);
        visitor.Proxy.On(Tab.Logout, Faults.DropAnswer, times: 2);

        await tab.SignOutAsync();

        Assert.False(await tab.IsSignedInAsync());
        Assert.Equal("session_ended", (await outsider.AskAsync(access!)).Code);
        await tab.LoadAsync();
        await Eventually.TrueAsync(
            async () => (await visitor.CookiesAsync()).Count == 0,
            "asked once more, the server says yes again and deletes the cookies"
        );
    }

    [Requirement("SES-01")]
    [Fact]
    public async Task Who_signs_in_again_is_in_another_session()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = await visitor.OpenAsync();
        var user = await tab.SignInAsNewUserAsync();
        var first = (await tab.StateAsync()).Sid;
        await tab.SignOutAsync();

        await tab.SignInAsync(user);

        Assert.NotEqual(first, (await tab.StateAsync()).Sid);
        Assert.Equal(200, (await tab.FetchAsync()).Status);
    }
}
