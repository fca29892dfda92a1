using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>A sign-in and its response belong together: for each session in the list a client has the tokens.</summary>
public sealed class SignInRaceTests
{
    [Theory]
    [InlineData(SessionLimitBehavior.EndOldest)]
    [InlineData(SessionLimitBehavior.RefuseNew)]
    public async Task Exactly_one_of_several_sign_ins_at_once_gets_a_single_place(SessionLimitBehavior behavior)
    {
        for (var round = 0; round < 10; round++)
        {
            await using var app = await StartAsync(o => (o.SessionLimit, o.SessionLimitBehavior) = (1, behavior));
            var devices = Enumerable
                .Range(0, 2 + round % 3 * 7)
                .Select(n => new Browser(app.NewClient(), app.Clock, new Uri(TestApp.Origin)) { UserAgent = $"Device {n}" })
                .ToArray();
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
            Assert.Equal(1, app.CountLiveSessions());
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

        // A session is in use from its first rotation on.
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
        Assert.Equal(("ada", "ada"), ((await laptop.MeAsync()).Body, (await phone.MeAsync()).Body));
        Assert.Equal("revoked", (await forgotten.RefreshAsync()).Reason);
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
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
        {
            Content = login,
            Headers = { { "Sec-Fetch-Site", "same-origin" } },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, cancel.Token));
        await ExpectLiveAsync(app, count: 1, live: 0);
    }

    [Fact]
    public async Task An_app_that_fails_after_the_sign_in_leaves_no_session()
    {
        await using var app = await StartAsync();
        Assert.Equal(500, (await app.NewBrowser().PostAsync("/fail")).Status);
        await ExpectLiveAsync(app, count: 1, live: 0);
    }

    [Fact]
    public async Task The_last_of_two_sign_ins_in_one_request_stays()
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
        Assert.Contains(app.Logs.Exceptions, static e =>
            e.ToString()!.Contains("sign in before anything is written", StringComparison.Ordinal)
        );
        Assert.Equal(0, app.CountSessions());
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
        Assert.Equal((100L, "revoked"), (app.CountLiveSessions(), (await first.MeAsync()).Reason));
    }

    // A session without a client ends in the background, after its response.
    private static async Task ExpectLiveAsync(TestApp app, int count, int live) =>
        await Eventually.TrueAsync(
            () => Task.FromResult(app.CountSessions() == count && app.CountLiveSessions() == live),
            $"{live} of {count} sessions are alive"
        );

    private static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null) => AddressedApp.StartAsync(pawl, map: static app =>
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
}
