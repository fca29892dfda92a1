using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>A sign-in and its response belong together: each session in the list is one that a client has the tokens of.</summary>
public sealed class SignInRaceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_double_click_makes_one_session_whichever_response_the_browser_keeps(bool keepsFirst)
    {
        await using var app = await StartAsync();
        var clicks = new[] { app.NewBrowser(), app.NewBrowser() };
        await Task.WhenAll(clicks.Select(static c => Task.Run(() => c.SignInAsync("ada"))));
        await ExpectOneSessionAsync(app, clicks[keepsFirst ? 0 : 1]);
        Assert.Equal(clicks[0].Sid, clicks[1].Sid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_does_a_double_click_in_a_browser_that_is_signed_in(bool keepsFirst)
    {
        await using var app = await StartAsync();
        var before = await app.SignInAsync("ada");
        var clicks = new[] { before.Copy(), before.Copy() };
        await Task.WhenAll(clicks.Select(static c => Task.Run(() => c.SignInAsync("ada"))));
        Assert.NotEqual(before.Sid, clicks[0].Sid);
        await ExpectOneSessionAsync(app, clicks[keepsFirst ? 0 : 1]);
        Assert.Equal("replaced", (await before.RefreshAsync()).Reason);
    }

    [Fact]
    public async Task Many_clicks_at_once_make_one_session()
    {
        await using var app = await StartAsync();
        var clicks = Enumerable.Range(0, 24).Select(_ => app.NewBrowser()).ToArray();
        await Task.WhenAll(clicks.Select(static c => Task.Run(() => c.SignInAsync("ada"))));
        await ExpectOneSessionAsync(app, clicks[7]);
    }

    [Fact]
    public async Task A_second_click_while_a_slow_store_keeps_the_first_waiting_makes_no_second_session()
    {
        await using var app = await StartAsync();
        var (first, second) = (app.NewBrowser(), app.NewBrowser());
        Task<Answer>? click = null;
        app.Store.Before = call =>
        {
            if (call == "Create" && click is null)
            {
                app.Clock.Advance(TimeSpan.FromSeconds(3));
                click = Task.Run(() => second.SignInAsync("ada"));
            }
            return Task.CompletedTask;
        };
        await first.SignInAsync("ada");
        await click!;
        Assert.Equal(first.Sid, second.Sid);
        await ExpectOneSessionAsync(app, second);
    }

    [Fact]
    public async Task Another_browser_another_user_another_way_and_a_used_session_are_not_taken_for_a_double_click()
    {
        await using var app = await StartAsync();
        var first = await app.SignInAsync("ada");
        var others = new List<Browser> { await app.SignInAsync("bob"), await app.SignInAsync("ada", new Login("") { Methods = ["otp"] }), await app.SignInAsync("ada", new Login("") { Device = "phone" }), await app.SignInAsync("ada", new Login("") { Roles = ["admin"] }) };
        var elsewhere = app.NewBrowser();
        Assert.Equal(200, (await elsewhere.PostAsync("/login", new Login("ada"), ("X-Address", "192.0.2.9"))).Status);
        Assert.Equal("ada", (await first.MeAsync()).Body);
        var second = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        var later = await app.SignInAsync("ada");
        Assert.Equal(8, new[] { first, second, later, elsewhere }.Concat(others).Select(static b => b.Sid).Distinct().Count());
        foreach (var browser in new[] { first, second, later, elsewhere })
            Assert.Equal("ada", (await browser.MeAsync()).Body);
    }

    [Fact]
    public async Task Alike_devices_that_share_an_account_and_an_address_are_told_apart_by_the_cookies_of_the_app()
    {
        await using var app = await StartAsync();
        var devices = Enumerable.Range(0, 6).Select(_ => app.NewBrowser()).ToArray();
        foreach (var (number, device) in devices.Index())
            device.Cookies[".AspNetCore.Antiforgery"] = $"{number}";
        await Task.WhenAll(devices.Select(static d => Task.Run(() => d.SignInAsync("ada"))));
        Assert.Equal(devices.Length, devices.Select(static d => d.Sid).Distinct().Count());

        await devices[0].LogoutAsync();
        Assert.Equal("ada", (await devices[1].MeAsync()).Body);
    }

    [Fact]
    public async Task Alike_browsers_without_any_cookie_are_no_double_click()
    {
        await using var app = await StartAsync();
        var browsers = new[] { app.NewBrowser(), app.NewBrowser() };
        await Task.WhenAll(browsers.Select(static b => Task.Run(() => b.PostAsync("/login", new Login("ada"), ("X-Cookies", "none")))));
        for (var i = 0; i < 4; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            foreach (var browser in browsers)
                Assert.Equal(200, (await browser.RefreshAsync()).Status);
        }
        Assert.NotEqual(browsers[0].Sid, browsers[1].Sid);
    }

    [Fact]
    public async Task A_session_that_another_node_ends_while_the_handler_is_asked_gives_no_more_tokens()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        var asked = 0;
        await using var there = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock, pawl: o => o.Events.OnSessionStarting = async starting =>
        {
            // The first sign-in, the first click, the second click.
            if (++asked != 3)
                return;
            await there.Service<SessionManager>().EndAsync(starting.Session.Id);
            clock.Advance(TimeSpan.FromSeconds(2));
        });
        here.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(here.Logs.OfPawl(13).Any()), "The feed is not down.");
        var first = await here.SignInAsync("ada");
        var second = first.Copy();
        await first.SignInAsync("ada");
        await second.SignInAsync("ada");
        Assert.Equal(4, asked);
        Assert.NotEqual(first.Sid, second.Sid);
        Assert.Equal("ada", (await second.MeAsync()).Body);
    }

    [Fact]
    public async Task A_session_that_was_ended_between_two_clicks_gives_no_more_tokens()
    {
        await using var app = await StartAsync();
        var first = await app.SignInAsync("ada");
        await app.Service<SessionManager>().EndAllAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        var second = await app.SignInAsync("ada");
        Assert.NotEqual(first.Sid, second.Sid);
        Assert.Equal(("session_ended", "ada"), ((await first.MeAsync()).Code, (await second.MeAsync()).Body));
    }

    [Theory]
    [InlineData(SessionLimitBehavior.EndOldest)]
    [InlineData(SessionLimitBehavior.RefuseNew)]
    public async Task Of_first_sign_ins_at_once_exactly_one_wins_a_single_place(SessionLimitBehavior behavior)
    {
        for (var round = 0; round < 10; round++)
        {
            await using var app = await StartAsync(o => (o.SessionLimit, o.SessionLimitBehavior) = (1, behavior));
            var devices = Enumerable.Range(0, 2 + round % 3 * 7).Select(n => new Browser(app.NewClient(), app.Clock, new Uri(TestApp.Origin)) { UserAgent = $"Device {n}" }).ToArray();
            var answers = await Task.WhenAll(devices.Select(static d => Task.Run(() => d.PostAsync("/login", new Login("ada")))));
            // A session that a later sign-in has ended before its response gets no tokens.
            Assert.All(answers, static a => Assert.True(a.Status == 200 || a.Code is "session_limit_reached" or "session_ended"));
            var alive = new List<Browser>();
            foreach (var device in devices)
            {
                if ((await device.MeAsync()).Status == 200)
                    alive.Add(device);
            }
            Assert.Single(alive);
            Assert.Equal(1, Live(app));
        }
    }

    [Fact]
    public async Task A_user_who_has_cleared_the_cookies_is_not_locked_out()
    {
        await using var app = await StartAsync(static o => (o.SessionLimit, o.SessionLimitBehavior) = (1, SessionLimitBehavior.RefuseNew));
        var lost = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        var ada = await app.SignInAsync("ada");
        Assert.Equal(("revoked", "ada"), ((await lost.MeAsync()).Reason, (await ada.MeAsync()).Body));

        // From its first rotation on it is in use.
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal("session_limit_reached", (await app.NewBrowser().PostAsync("/login", new Login("ada"))).Code);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task A_session_that_was_never_used_makes_room_before_one_in_daily_use()
    {
        await using var app = await StartAsync(static o => o.SessionLimit = 2);
        var laptop = await app.SignInAsync("ada");
        var forgotten = await app.SignInAsync("ada", new Login("") { Device = "library" });
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await laptop.RefreshAsync()).Status);
        var phone = await app.SignInAsync("ada", new Login("") { Device = "phone" });
        Assert.Equal(("ada", "ada", "revoked"), ((await laptop.MeAsync()).Body, (await phone.MeAsync()).Body, (await forgotten.RefreshAsync()).Reason));
    }

    [Fact]
    public async Task A_client_that_goes_away_during_the_sign_in_leaves_no_session()
    {
        await using var app = await StartAsync();
        using var cancel = new CancellationTokenSource();
        app.Store.Before = call =>
        {
            if (call == "Create")
                cancel.Cancel();
            return Task.CompletedTask;
        };
        using var client = app.NewClient();
        using var login = JsonContent.Create(new Login("ada"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = login, Headers = { { "Sec-Fetch-Site", "same-origin" } } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, cancel.Token));
        await ExpectLiveAsync(app, count: 1, live: 0);
    }

    [Fact]
    public async Task A_form_sent_twice_whose_first_response_the_browser_drops_stays_signed_in()
    {
        await using var app = await StartAsync();
        using var cancel = new CancellationTokenSource();
        var second = app.NewBrowser();
        Task<Answer>? click = null;
        app.Store.Before = async call =>
        {
            if (call != "Create" || click is not null)
                return;
            click = Task.Run(() => second.SignInAsync("ada"));
            await Task.Yield();
            cancel.Cancel();
        };
        using var client = app.NewClient();
        using var login = JsonContent.Create(new Login("ada"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = login, Headers = { { "Sec-Fetch-Site", "same-origin" }, { "User-Agent", second.UserAgent }, { "Origin", TestApp.Origin } } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, cancel.Token));
        await click!;
        await ExpectOneSessionAsync(app, second);
    }

    [Fact]
    public async Task An_app_that_fails_after_the_sign_in_leaves_no_session()
    {
        await using var app = await StartAsync();
        Assert.Equal(500, (await app.NewBrowser().PostAsync("/fail")).Status);
        await ExpectLiveAsync(app, count: 1, live: 0);
    }

    [Fact]
    public async Task Of_two_sign_ins_in_one_request_the_last_one_stays()
    {
        await using var app = await StartAsync();
        var ada = app.NewBrowser();
        Assert.Equal(200, (await ada.PostAsync("/twice")).Status);
        await ExpectLiveAsync(app, count: 2, live: 1);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task A_sign_in_after_the_response_has_started_starts_no_session()
    {
        await using var app = await StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => app.NewBrowser().PostAsync("/late"));
        Assert.Contains(app.Logs.Exceptions, static e => e.ToString()!.Contains("sign in before anything is written", StringComparison.Ordinal));
        Assert.Equal(0, Count(app));
    }

    [Fact]
    public async Task Without_a_limit_of_its_own_an_app_keeps_the_newest_hundred_sessions_of_a_user()
    {
        await using var app = await StartAsync();
        var first = await app.SignInAsync("ada");
        for (var i = 0; i < 100; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(2));
            await app.SignInAsync("ada");
        }
        Assert.Equal((100L, "revoked"), (Live(app), (await first.MeAsync()).Reason));
    }

    private static async Task ExpectOneSessionAsync(TestApp app, Browser browser)
    {
        // A session whose response was dropped ends after the response is done with.
        await Eventually.TrueAsync(() => Task.FromResult(Live(app) == 1), "More than one session is live.");
        Assert.Equal(1, (await browser.GetAsync("/auth/sessions")).Json.GetProperty("sessions").GetArrayLength());
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
            Assert.Equal("ada", (await browser.MeAsync()).Body);
        }
    }

    // What ends after its response does so in the background.
    private static Task ExpectLiveAsync(TestApp app, int count, int live) =>
        Eventually.TrueAsync(() => Task.FromResult(Count(app) == count && Live(app) == live), $"{live} of {count} sessions are alive");

    private static long Count(TestApp app) => app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions");

    private static long Live(TestApp app) => app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL");

    // A test server has no addresses: they come in a header here. A page with a form has set the cookie of its antiforgery token.
    private static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null) => TestApp.StartAsync(
        pawl,
        services: static services => services.AddTransient<IStartupFilter, Addresses>(),
        map: static app =>
        {
            app.MapPost("/fail", static async (HttpContext context) =>
            {
                await context.SignInAsync(Ada());
                throw new InvalidOperationException("The app fails.");
            });
            app.MapPost("/twice", static async (HttpContext context) =>
            {
                await context.SignInAsync(Ada(), new PawlSignInProperties { Device = "one" });
                await context.SignInAsync(Ada(), new PawlSignInProperties { Device = "two" });
            });
            app.MapPost("/late", static async (HttpContext context) =>
            {
                await context.Response.WriteAsync("welcome");
                await context.Response.Body.FlushAsync();
                await context.SignInAsync(Ada());
            });
        });

    private static ClaimsPrincipal Ada() => new Login("ada").ToPrincipal();

    private sealed class Addresses : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(static (context, go) =>
            {
                if (context.Request.Headers.Cookie.Count == 0 && context.Request.Headers["X-Cookies"] != "none")
                    context.Request.Headers.Cookie = ".AspNetCore.Antiforgery=1";
                context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers["X-Address"] is [{ } address] ? address : "192.0.2.1");
                return go(context);
            });
            app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = static _ => Task.CompletedTask });
            next(app);
        };
    }
}
