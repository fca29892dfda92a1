namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A refresh cookie without an access token acts for its user only if a refresh would accept it: the lineage rule decides there, too.
/// </summary>
public sealed class RefreshCookieAloneTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(40);

    [Requirement("RT-05", "SES-04")]
    [Theory]
    [InlineData("others")]
    [InlineData("everywhere")]
    public async Task A_spent_token_ends_its_own_session_and_no_other(string scope)
    {
        await using var app = await TestApp.StartAsync();
        var (laptop, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var stolen = RefreshCookieOf(app, laptop);
        for (var generation = 0; generation < 4; generation++)
        {
            app.Clock.Advance(Settled);
            Assert.Equal(200, (await laptop.RefreshAsync()).Status);
        }

        var answer = await stolen.LogoutAsync(scope);

        Assert.Equal((401, "session_ended", "token_reused", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
        Assert.Equal("token_reused", (await laptop.MeAsync()).Reason);
        Assert.Single(app.Logs.OfPawl(3));
        Assert.Equal("ada", (await phone.MeAsync()).Body);
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task A_token_that_a_refresh_would_accept_ends_the_others()
    {
        await using var app = await TestApp.StartAsync();
        var (laptop, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        app.Clock.Advance(Settled);
        var copy = RefreshCookieOf(app, laptop);
        // The response to this refresh is lost; the token is then the head.
        await copy.Copy().RefreshAsync();

        Assert.Equal(204, (await copy.LogoutAsync("others")).Status);

        Assert.Equal("revoked", (await phone.MeAsync()).Reason);
        Assert.Equal("ada", (await laptop.MeAsync()).Body);
    }

    [Requirement("SES-03")]
    [Theory]
    [InlineData(61, "idle")]
    [InlineData(25 * 60, "absolute")]
    public async Task A_session_that_has_timed_out_is_refused_with_the_reason(int minutes, string reason)
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.IdleTimeout, o.AbsoluteTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(24))
        );
        var laptop = RefreshCookieOf(app, await app.SignInAsync("ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(minutes));
        var phone = await app.SignInAsync("ada");

        var answer = await laptop.LogoutAsync("everywhere");

        Assert.Equal((401, "session_ended", reason), (answer.Status, answer.Code, answer.Reason));
        Assert.Equal("ada", (await phone.MeAsync()).Body);
    }

    [Fact]
    public async Task A_sender_that_knows_of_no_session_ends_no_others_by_the_cookies_that_come_along()
    {
        await using var app = await TestApp.StartAsync();
        var (laptop, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));

        var browser = RefreshCookieOf(app, laptop);
        var answer = await browser.PostAsync("/auth/logout", new { scope = "others" }, (PawlDefaults.SessionHeader, "none"));

        Assert.Equal((401, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal("ada", (await phone.MeAsync()).Body);
    }

    [Fact]
    public async Task A_verdict_of_reuse_that_comes_late_is_503_and_ends_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var laptop = await app.SignInAsync("ada");
        var old = RefreshCookieOf(app, laptop);
        for (var generation = 0; generation < 2; generation++)
        {
            app.Clock.Advance(Settled);
            await laptop.RefreshAsync();
        }
        app.Store.Before = call =>
        {
            app.Clock.Advance(TimeSpan.FromSeconds(11));
            return Task.CompletedTask;
        };

        Assert.Equal((503, "store_unavailable"), ((await old.LogoutAsync("others")).Status, (await old.LogoutAsync("others")).Code));

        app.Store.Before = null;
        Assert.Equal("ada", (await laptop.MeAsync()).Body);
    }

    [Requirement("SES-03")]
    [Fact]
    public async Task A_spent_token_is_enough_to_sign_this_browser_out()
    {
        await using var app = await TestApp.StartAsync();
        var (laptop, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var old = RefreshCookieOf(app, laptop);
        for (var generation = 0; generation < 2; generation++)
        {
            app.Clock.Advance(Settled);
            await laptop.RefreshAsync();
        }

        Assert.Equal(204, (await old.LogoutAsync()).Status);

        Assert.Equal("signed_out", (await laptop.MeAsync()).Reason);
        Assert.Equal("ada", (await phone.MeAsync()).Body);
    }

    private static Browser RefreshCookieOf(TestApp app, Browser browser)
    {
        var alone = app.NewBrowser();
        alone.Cookies[PawlDefaults.RefreshCookie] = browser.RefreshToken;
        alone.Cookies[PawlDefaults.SessionCookie] = browser.Cookies[PawlDefaults.SessionCookie];
        return alone;
    }
}
