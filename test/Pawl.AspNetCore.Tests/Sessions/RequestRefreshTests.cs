using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>The server refreshes a session in the middle of a request, so that a page needs no script.</summary>
public sealed class RequestRefreshTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Requirement("PG-01")]
    [Fact]
    public async Task A_page_is_answered_for_the_user_after_the_access_token_has_expired_and_renews_all_cookies()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var sid = ada.Sid;
        for (var visit = 0; visit < 3; visit++)
        {
            app.Clock.Advance(Expired);
            var (before, refreshed) = (ada.RefreshToken, await VisitAsync(ada));

            Assert.Equal((200, "ada", "no-store"), (refreshed.Status, refreshed.Body, refreshed["Cache-Control"]));
            Assert.Equal(
                [PawlDefaults.AccessCookie, PawlDefaults.RefreshCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie],
                refreshed.SetCookies.Select(static c => c.Name)
            );
            Assert.NotEqual(before, ada.RefreshToken);
            Assert.Equal((sid, true), (ada.Sid, ada.IsFresh));
            Assert.Empty((await VisitAsync(ada)).SetCookies);
            Assert.Equal("ada", (await ada.MeAsync()).Body);
        }
    }

    [Theory]
    [InlineData(RefreshOnRequest.Never, false, false)]
    [InlineData(RefreshOnRequest.Navigations, true, false)]
    [InlineData(RefreshOnRequest.Always, true, true)]
    public async Task The_option_says_which_requests_are_refreshed(RefreshOnRequest option, bool navigation, bool script)
    {
        await using var app = await TestApp.StartAsync(o => o.RefreshOnRequest = option);
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        Assert.Equal(script, (await ada.Copy().MeAsync()).Status == 200);
        Assert.Equal(navigation, (await VisitAsync(ada)).Status == 200);
    }

    [Theory]
    [InlineData("text/html,*/*;q=0.8", null, true)]
    [InlineData("*/*", null, false)]
    [InlineData("application/json", null, false)]
    [InlineData("text/html", "XMLHttpRequest", false)]
    public async Task Without_Fetch_Metadata_a_request_that_accepts_HTML_is_a_navigation(string accept, string? with, bool expected)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        var headers = new List<(string, string)> { ("Cookie", ada.Cookies.Header!), ("Accept", accept) };
        if (with is not null)
            headers.Add(("X-Requested-With", with));

        var answer = await app.SendRawAsync("GET", "/me", [.. headers]);

        Assert.Equal(expected, answer.Status == 200);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("expired")]
    [InlineData("of an unknown key")]
    [InlineData("left over from an earlier sign-in")]
    public async Task An_access_cookie_that_is_not_accepted_is_replaced(string access)
    {
        await using var app = await TestApp.StartAsync();
        var earlier = await app.SignInAsync("bob");
        var ada = await app.SignInAsync("ada");
        var old = ada.AccessToken;
        if (access is "expired")
            app.Clock.Advance(Expired);
        await using var other = await TestApp.StartAsync(clock: app.Clock);
        ada.Cookies[PawlDefaults.AccessCookie] = access switch
        {
            "expired" => old,
            "of an unknown key" => (await other.SignInAsync("ada")).AccessToken,
            "left over from an earlier sign-in" => earlier.AccessToken,
            _ => null,
        };

        var answer = await VisitAsync(ada);

        Assert.Equal((200, "ada"), (answer.Status, answer.Body));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task A_form_of_another_site_and_a_request_for_another_session_are_refused_before_any_refresh()
    {
        await using var app = await TestApp.StartAsync(static o =>
            (o.RefreshOnRequest, o.SameSite) = (RefreshOnRequest.Always, SameSiteMode.Lax)
        );
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.Forget();
        var cookies = ("Cookie", ada.Cookies.Header!);

        var foreign = await app.SendRawAsync("POST", "/note", cookies, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"));
        var switched = await ada.GetAsync("/me", (PawlDefaults.SessionHeader, "AAAAAAAAAAAAAAAAAAAAAA"));
        var none = await ada.GetAsync("/me", (PawlDefaults.SessionHeader, "none"));
        var bearer = await ada.GetAsync("/me", ("Authorization", "Bearer nonsense"));

        Assert.Equal(
            ("csrf_rejected", "session_switched", "authentication_required", "access_token_invalid"),
            (foreign.Code, switched.Code, none.Code, bearer.Code)
        );
        Assert.Empty(app.Store.Calls);
        Assert.Equal(0, app.Notes);
    }

    [Fact]
    public async Task Ambiguous_cookies_and_plain_http_are_not_refreshed()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.Forget();
        var twice = $"{ada.Cookies.Header}; {PawlDefaults.RefreshCookie}=planted";

        var planted = await app.SendRawAsync("GET", "/me", ("Cookie", twice), ("Sec-Fetch-Mode", "navigate"));
        var plain = await app.Server.SendAsync(
            c =>
            {
                (c.Request.Method, c.Request.Scheme, c.Request.Host, c.Request.Path) = ("GET", "http", new("app.example"), "/me");
                c.Request.Headers.Cookie = ada.Cookies.Header;
                c.Request.Headers["Sec-Fetch-Mode"] = "navigate";
            },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(("ambiguous_credentials", 401), (planted.Code, plain.Response.StatusCode));
        Assert.Empty(app.Store.Calls);
    }

    [Fact]
    public async Task A_refresh_cookie_that_no_key_has_made_costs_no_look_up_and_counts_as_no_user()
    {
        await using var app = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync();
        var eve = app.NewBrowser();
        eve.Cookies[PawlDefaults.RefreshCookie] = (await other.SignInAsync("eve")).RefreshToken;
        app.Store.Forget();

        var (closed, open) = (await VisitAsync(eve), await VisitAsync(eve, "/open"));

        Assert.Equal(("access_token_expired", "nobody"), (closed.Code, open.Body));
        Assert.Empty(app.Store.Calls);
        Assert.Equal(2, app.Logs.OfPawl(25).Count());
    }

    [Theory]
    [InlineData("POST", "/auth/logout", "application/json")]
    [InlineData("POST", "/auth/refresh", null)]
    [InlineData("POST", "/auth/token", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/auth/revoke", "application/x-www-form-urlencoded")]
    [InlineData("GET", "/auth/client/pawl.js", null)]
    [InlineData("GET", "/auth/jwks", null)]
    public async Task The_endpoints_that_take_a_token_themselves_or_need_no_user_do_not_refresh(string method, string path, string? type)
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshOnRequest = RefreshOnRequest.Always);
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);
        app.Store.Forget();

        var content = type is null ? null : new StringContent("", null, type);
        await ada.SendAsync(new HttpMethod(method), path, content);

        // A refresh that the endpoint itself makes is one call.
        Assert.Equal(path == "/auth/refresh" ? 1 : 0, app.Store.Calls.Count(static c => c == "Rotate"));
    }

    [Fact]
    public async Task A_session_whose_page_holds_the_access_token_gets_no_access_cookie_and_no_user()
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshOnRequest = RefreshOnRequest.Always);
        var ada = await app.SignInAsync("ada", new Login("ada") { Transport = SessionTransport.Bearer });
        app.Clock.Advance(Expired);

        var answer = await VisitAsync(ada);

        Assert.Equal(("access_token_expired", 0), (answer.Code, answer.SetCookies.Count));
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Fact]
    public async Task An_app_without_our_endpoints_signs_in_and_stays_signed_in()
    {
        await using var app = await TestApp.StartAsync(static pawl => pawl.LoginPath = "/sign-in", mapPawl: static _ => { });
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        Assert.Equal("ada", (await VisitAsync(ada)).Body);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Theory]
    [InlineData("Sec-Purpose", "prefetch")]
    [InlineData("Sec-Purpose", "prefetch;prerender")]
    public async Task A_page_that_is_loaded_ahead_of_a_click_may_refresh(string header, string value)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Expired);

        var answer = await app.SendRawAsync("GET", "/me", ("Cookie", ada.Cookies.Header!), ("Sec-Fetch-Mode", "navigate"), (header, value));

        Assert.Equal((200, "ada"), (answer.Status, answer.Body));
    }

    private static Task<Answer> VisitAsync(Browser browser, string path = "/me") =>
        browser.NavigateAsync(HttpMethod.Get, path, TestApp.Origin);
}
