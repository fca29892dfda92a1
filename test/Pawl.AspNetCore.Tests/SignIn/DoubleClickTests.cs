using System.Net.Http.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>A browser that sends a sign-in twice at once has one session, whichever response it keeps.</summary>
public sealed class DoubleClickTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_double_click_makes_one_session_whichever_response_the_browser_keeps(bool keepsFirst)
    {
        await using var app = await AddressedApp.StartAsync();
        var clicks = new[] { app.NewBrowser(), app.NewBrowser() };
        await Task.WhenAll(clicks.Select(static c => Task.Run(() => c.SignInAsync("ada"))));
        await ExpectOneSessionAsync(app, clicks[keepsFirst ? 0 : 1]);
        Assert.Equal(clicks[0].Sid, clicks[1].Sid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_double_click_in_a_signed_in_browser_makes_one_session(bool keepsFirst)
    {
        await using var app = await AddressedApp.StartAsync();
        var before = await app.SignInAsync("ada");
        var clicks = new[] { before.Copy(), before.Copy() };
        await Task.WhenAll(clicks.Select(static c => Task.Run(() => c.SignInAsync("ada"))));
        Assert.NotEqual(before.Sid, clicks[0].Sid);
        await ExpectOneSessionAsync(app, clicks[keepsFirst ? 0 : 1]);
        Assert.Equal("replaced", (await before.RefreshAsync()).Reason);
    }

    [Theory]
    [InlineData(ItemsApp.First, true)]
    [InlineData(ItemsApp.Second, false)]
    public async Task Two_sign_ins_at_once_are_one_session_only_with_the_same_tokens_of_a_provider(string second, bool isOne)
    {
        await using var app = await AddressedApp.StartAsync(map: ItemsApp.MapSignIn);
        var clicks = new[] { (Browser: app.NewBrowser(), Token: ItemsApp.First), (Browser: app.NewBrowser(), Token: second) };
        await Task.WhenAll(clicks.Select(static c => Task.Run(() => c.Browser.PostAsync($"/in?name=ada&token={c.Token}"))));
        Assert.Equal(isOne, clicks[0].Browser.Sid == clicks[1].Browser.Sid);
    }

    [Fact]
    public async Task Many_clicks_at_once_make_one_session()
    {
        await using var app = await AddressedApp.StartAsync();
        var clicks = Enumerable.Range(0, 24).Select(_ => app.NewBrowser()).ToArray();
        await Task.WhenAll(clicks.Select(static c => Task.Run(() => c.SignInAsync("ada"))));
        await ExpectOneSessionAsync(app, clicks[7]);
    }

    [Fact]
    public async Task A_second_click_during_a_slow_first_sign_in_makes_no_second_session()
    {
        await using var app = await AddressedApp.StartAsync();
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
    public async Task Sign_ins_that_differ_or_follow_a_used_session_are_no_double_click()
    {
        await using var app = await AddressedApp.StartAsync();
        var first = await app.SignInAsync("ada");
        var others = new List<Browser> { await app.SignInAsync("bob") };
        foreach (
            var login in new Login[]
            {
                new("") { Methods = ["otp"] },
                new("") { Device = "phone" },
                new("") { Roles = ["admin"] },
            }
        )
            others.Add(await app.SignInAsync("ada", login));
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
    public async Task The_apps_cookies_distinguish_identical_devices_of_one_account_and_address()
    {
        await using var app = await AddressedApp.StartAsync();
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
        await using var app = await AddressedApp.StartAsync();
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
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock, pawl: o => o.Events.OnSessionStarting =
                async starting =>
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
        await using var app = await AddressedApp.StartAsync();
        var first = await app.SignInAsync("ada");
        await app.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        var second = await app.SignInAsync("ada");
        Assert.NotEqual(first.Sid, second.Sid);
        Assert.Equal(("session_ended", "ada"), ((await first.MeAsync()).Code, (await second.MeAsync()).Body));
    }

    [Fact]
    public async Task A_form_sent_twice_whose_first_response_the_browser_drops_stays_signed_in()
    {
        await using var app = await AddressedApp.StartAsync();
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
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
        {
            Content = login,
            Headers =
            {
                { "Sec-Fetch-Site", "same-origin" },
                { "User-Agent", second.UserAgent },
                { "Origin", TestApp.Origin },
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, cancel.Token));
        await click!;
        await ExpectOneSessionAsync(app, second);
    }

    private static async Task ExpectOneSessionAsync(TestApp app, Browser browser)
    {
        // A session whose response was dropped ends after that response.
        await Eventually.TrueAsync(() => Task.FromResult(app.CountLiveSessions() == 1), "More than one session is live.");
        Assert.Equal(1, (await browser.GetAsync("/auth/sessions")).Json.GetProperty("sessions").GetArrayLength());
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
            Assert.Equal("ada", (await browser.MeAsync()).Body);
        }
    }
}
