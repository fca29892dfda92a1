namespace Pawl.AspNetCore.Tests;

/// <summary>The two timeouts of a session, to the second.</summary>
public sealed class TimeoutTests
{
    [Requirement("CK-08", "RT-09")]
    [Fact]
    public async Task No_use_extends_a_session_beyond_its_absolute_timeout()
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.IdleTimeout, o.AbsoluteTimeout) = (TimeSpan.FromMinutes(30), TimeSpan.FromHours(2))
        );
        var ada = await app.SignInAsync("ada");
        for (var minutes = 10; minutes < 120; minutes += 10)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(10));
            var answer = await ada.RefreshAsync();
            Assert.Equal((200, (120 - minutes) * 60), (answer.Status, answer.Number("session_expires_in")));
            Assert.InRange(answer.Cookie(PawlDefaults.RefreshCookie)!.MaxAge!.Value, 1, (120 - minutes) * 60);
        }

        app.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        var last = await ada.RefreshAsync();
        Assert.Equal((200, 1, 1), (last.Status, last.Number("expires_in"), last.Number("session_expires_in")));
        // The browser would drop the cookie now; a client that does not is refused at the same second.
        var stubborn = app.NewBrowser();
        stubborn.Cookies[PawlDefaults.RefreshCookie] = ada.RefreshToken;
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(ada.RefreshToken);
        Assert.Equal("absolute", (await stubborn.RefreshAsync()).Reason);
    }

    [Requirement("RT-10")]
    [Fact]
    public async Task A_session_that_is_not_used_ends_at_its_idle_timeout()
    {
        await using var app = await TestApp.StartAsync(static o => o.IdleTimeout = TimeSpan.FromHours(1));
        var (early, late) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        var stubborn = app.NewBrowser();
        stubborn.Cookies[PawlDefaults.RefreshCookie] = late.RefreshToken;

        app.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await early.RefreshAsync()).Status);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(late.RefreshToken);
        var answer = await stubborn.RefreshAsync();

        Assert.Equal((401, "session_ended", "idle"), (answer.Status, answer.Code, answer.Reason));
        // Using it began a new hour for the other one.
        app.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(200, (await early.RefreshAsync()).Status);
    }

    [Requirement("CK-08")]
    [Fact]
    public async Task No_cookie_outlives_its_session()
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.IdleTimeout, o.AbsoluteTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(2))
        );
        var ada = app.NewBrowser();
        var signIn = await ada.SignInAsync("ada");
        Assert.Equal(3600, signIn.Cookie(PawlDefaults.RefreshCookie)!.MaxAge);
        app.Clock.Advance(TimeSpan.FromMinutes(50));
        await ada.RefreshAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(50));
        var near = await ada.RefreshAsync();
        Assert.Equal((1200, 1200), (near.Cookie(PawlDefaults.RefreshCookie)!.MaxAge, near.Cookie(PawlDefaults.SessionCookie)!.MaxAge));

        app.Clock.Advance(TimeSpan.FromMinutes(18));
        var end = await ada.RefreshAsync();
        Assert.Equal((120, 108), (end.Number("expires_in"), end.Number("refresh_in")));
        Assert.Equal([150, 120, 120, 108], end.SetCookies.Select(static c => c.MaxAge));
    }

    [Fact]
    public async Task The_fresh_cookie_is_gone_exactly_when_a_refresh_is_due()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromSeconds(269));
        Assert.True(ada.IsFresh);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(ada.IsFresh);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        await ada.RefreshAsync();
        Assert.True(ada.IsFresh);
    }

    [Requirement("SES-09")]
    [Theory]
    [InlineData(1, 14 * 24 * 60, 30 * 24 * 60)]
    [InlineData(2, 60, 24 * 60)]
    [InlineData(3, 15, 12 * 60)]
    public async Task The_presets_of_NIST_hold_to_the_minute(int level, int idleMinutes, int absoluteMinutes)
    {
        var preset = level switch
        {
            1 => SessionPolicy.Aal1,
            2 => SessionPolicy.Aal2,
            _ => SessionPolicy.Aal3,
        };
        await using var app = await TestApp.StartAsync(o => o.Use(preset));
        Assert.Equal("idle", await RefuseAfterAsync(app, TimeSpan.FromMinutes(idleMinutes), TimeSpan.FromMinutes(idleMinutes)));
        var step = TimeSpan.FromMinutes(idleMinutes - 1);
        Assert.Equal("absolute", await RefuseAfterAsync(app, step, TimeSpan.FromMinutes(absoluteMinutes)));
    }

    // Refreshes in steps until it is refused, which must be at the first step at or after the limit.
    private static async Task<string?> RefuseAfterAsync(TestApp app, TimeSpan step, TimeSpan limit)
    {
        var browser = app.NewBrowser();
        await browser.SignInAsync("ada");
        for (var time = TimeSpan.Zero; ; )
        {
            var token = browser.RefreshToken;
            var next = time < limit && time + step > limit ? limit - time : step;
            time += next;
            app.Clock.Advance(next);
            browser.Cookies[PawlDefaults.RefreshCookie] ??= token;
            var answer = await browser.RefreshAsync();
            if (answer.Status == 200)
            {
                Assert.True(time < limit, $"Still alive after {time}.");
                continue;
            }
            Assert.True(time >= limit, $"Refused after {time}: {answer.Body}");
            return answer.Reason;
        }
    }

    [Theory]
    [InlineData(2, 30, 0, 2)]
    [InlineData(3, 30, 0, 3)]
    [InlineData(10, 30, 0, 9)]
    [InlineData(300, 0, 0, 270)]
    // The claims are whole seconds, so that this token is refused 1.1 seconds after its issue.
    [InlineData(2, 0, 900, 1)]
    [InlineData(3, 0, 900, 2)]
    [InlineData(3, 0, 0, 2)]
    public async Task A_refresh_is_due_after_nine_tenths_of_the_lifetime_of_a_token(int life, int skew, int milliseconds, int due)
    {
        var (lifetime, clockSkew, settle) = (TimeSpan.FromSeconds(life), TimeSpan.FromSeconds(skew), TimeSpan.FromSeconds(1));
        await using var app = await TestApp.StartAsync(o =>
            (o.AccessTokenLifetime, o.ClockSkew, o.SettlePeriod) = (lifetime, clockSkew, settle)
        );
        app.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        var ada = app.NewBrowser();
        var answer = await ada.SignInAsync("ada", new Login("") { Json = true });
        Assert.Equal((due, due), (answer.Number("refresh_in"), answer.Cookie(PawlDefaults.FreshCookie)!.MaxAge));
        app.Clock.Advance(TimeSpan.FromSeconds(due) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }
}
