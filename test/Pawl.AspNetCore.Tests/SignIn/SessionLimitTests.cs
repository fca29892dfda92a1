namespace Pawl.AspNetCore.Tests;

/// <summary>An app may say on how many devices at once a user is signed in.</summary>
public sealed class SessionLimitTests
{
    [Requirement("SES-12")]
    [Fact]
    public async Task The_oldest_session_makes_room()
    {
        await using var app = await TestApp.StartAsync(static o => o.SessionLimit = 3);
        var devices = new List<Browser>();
        for (var i = 0; i < 4; i++)
        {
            devices.Add(await app.SignInAsync("ada"));
            app.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        var bob = await app.SignInAsync("bob");

        Assert.Equal(("session_ended", "revoked"), ((await devices[0].MeAsync()).Code, (await devices[0].MeAsync()).Reason));
        foreach (var device in devices.Skip(1))
            Assert.Equal("ada", (await device.MeAsync()).Body);
        Assert.Equal("bob", (await bob.MeAsync()).Body);
    }

    [Requirement("SES-12")]
    [Fact]
    public async Task RefuseNew_refuses_the_new_session_and_keeps_the_others()
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.SessionLimit, o.SessionLimitBehavior) = (2, SessionLimitBehavior.RefuseNew)
        );
        var (first, second) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((200, 200), ((await first.RefreshAsync()).Status, (await second.RefreshAsync()).Status));
        var third = app.NewBrowser();

        var refused = await third.PostAsync("/login", new Login("ada"));

        Assert.Equal((403, "session_limit_reached"), (refused.Status, refused.Code));
        Assert.Empty(refused.SetCookies);
        Assert.Equal(("ada", "ada"), ((await first.MeAsync()).Body, (await second.MeAsync()).Body));
        await first.LogoutAsync();
        await third.SignInAsync("ada");
    }

    [Fact]
    public async Task RefuseNew_refuses_no_user_who_is_signed_in_by_a_cookie_ticket()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var before = await CookieApp.StartAsync(folder, clock);
        Browser[] browsers = [await before.SignInAsync("ada"), await before.SignInAsync("ada"), await before.SignInAsync("ada")];
        await using var app = await CookieApp.ChangeAsync(folder, clock, pawl: static o =>
            (o.SessionLimit, o.SessionLimitBehavior) = (2, SessionLimitBehavior.RefuseNew)
        );
        browsers = [.. browsers.Select(browser => browser.On(app))];

        foreach (var browser in browsers)
        {
            Assert.Equal(200, (await browser.OpenAsync("/me")).Status);
            clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
        }

        Assert.Equal(3, browsers.Select(static browser => browser.Sid).Distinct().Count());
        Assert.Equal("session_limit_reached", (await app.NewBrowser().PostAsync("/enter", new Login("ada"))).Code);
    }

    [Theory]
    [InlineData(SessionLimitBehavior.EndOldest)]
    [InlineData(SessionLimitBehavior.RefuseNew)]
    public async Task Signing_in_again_in_the_same_browser_needs_no_more_room(SessionLimitBehavior behavior)
    {
        await using var app = await TestApp.StartAsync(o => (o.SessionLimit, o.SessionLimitBehavior) = (2, behavior));
        var (first, second) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        await second.SignInAsync("ada");
        Assert.Equal(("ada", "ada"), ((await first.MeAsync()).Body, (await second.MeAsync()).Body));
    }

    [Fact]
    public async Task Sessions_that_have_timed_out_take_no_room()
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.SessionLimit, o.SessionLimitBehavior) = (1, SessionLimitBehavior.RefuseNew)
        );
        await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromDays(15));
        await app.SignInAsync("ada");
    }

    [Requirement("SES-12")]
    [Theory]
    [InlineData(SessionLimitBehavior.EndOldest)]
    [InlineData(SessionLimitBehavior.RefuseNew)]
    public async Task Many_at_once_leave_exactly_as_many_as_the_limit_allows(SessionLimitBehavior behavior)
    {
        await using var app = await TestApp.StartAsync(o => (o.SessionLimit, o.SessionLimitBehavior) = (3, behavior));
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => app.NewBrowser().PostAsync("/login", new Login("ada")))));
        Assert.Equal(3, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }
}
