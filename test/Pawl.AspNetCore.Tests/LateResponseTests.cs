namespace Pawl.AspNetCore.Tests;

/// <summary>The response of an earlier session arrives after another user has signed in, and its cookies overwrite theirs: the browser stays the newer user's.</summary>
public sealed class LateResponseTests
{
    /// <summary>How long after the sign-in the response was made, in seconds, and how many refreshes the new session has had when it arrives.</summary>
    public static TheoryData<int, int, SessionTransport> Responses => new()
    {
        { 0, 0, SessionTransport.Cookie },
        { 60, 0, SessionTransport.Cookie },
        { 240, 0, SessionTransport.Cookie },
        { 0, 1, SessionTransport.Cookie },
        { 240, 1, SessionTransport.Cookie },
        { 0, 0, SessionTransport.Bearer },
        { 240, 0, SessionTransport.Bearer },
        { 240, 1, SessionTransport.Bearer },
    };

    [Requirement("XS-03", "ATTACK-23")]
    [Theory]
    [MemberData(nameof(Responses))]
    public async Task The_browser_belongs_to_the_newest_sign_in(int age, int refreshes, SessionTransport transport)
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, age);
        var adas = browser.Sid;
        await browser.SignInAsync("bob", new Login("") { Transport = transport });
        var bobs = browser.Sid;
        for (var i = 0; i < refreshes; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            Assert.Equal(200, (await browser.RefreshAsync()).Status);
        }

        Land(late, browser);

        Assert.Equal(adas, browser.Sid);
        // What script believes to be Ada's is refused; nothing runs as Ada, and nothing runs as Bob in Ada's name.
        Assert.Equal("session_switched", (await browser.PostAsync("/note", null, (PawlDefaults.SessionHeader, adas))).Code);
        Assert.Equal("session_switched", (await browser.RefreshAsync()).Code);
        Assert.Equal("access_token_expired", (await browser.MeAsync()).Code);
        Assert.Equal("nobody", (await browser.GetAsync("/open")).Body);
        Assert.Equal(0, app.Notes);

        var repaired = await browser.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, bobs));
        Assert.Equal((200, "bob", bobs), (repaired.Status, repaired.Text("sub"), browser.Sid));
        for (var i = 0; i < 5; i++)
        {
            var bearer = transport is SessionTransport.Bearer ? new[] { ("Authorization", "Bearer " + repaired.Text("access_token")) } : [];
            Assert.Equal("bob", (await browser.GetAsync("/me", bearer)).Body);
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            repaired = await browser.RefreshAsync();
            Assert.Equal(200, repaired.Status);
        }
        Assert.Equal(1, Alive(app));
    }

    [Fact]
    public async Task A_client_that_does_not_know_whose_the_cookies_are_may_ask_with_a_refresh()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        await browser.SignInAsync("bob");
        Land(late, browser);

        Assert.Equal("bob", (await browser.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, "none"))).Text("sub"));
        Assert.Equal("bob", (await browser.MeAsync()).Body);
    }

    [Fact]
    public async Task The_response_to_a_bearer_token_is_no_second_credential()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        var signIn = await browser.SignInAsync("bob", new Login("") { Transport = SessionTransport.Bearer });
        Land(late, browser);
        Assert.NotNull(browser.AccessToken);

        Assert.Equal("bob", (await browser.GetAsync("/me", ("Authorization", "Bearer " + signIn.Text("access_token")))).Body);
    }

    [Fact]
    public async Task The_same_user_who_signs_in_again_keeps_the_new_session()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        await browser.SignInAsync("ada");
        var newer = browser.Sid;
        Land(late, browser);

        Assert.Equal(200, (await browser.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, newer))).Status);
        Assert.Equal((newer, 1L), (browser.Sid, Alive(app)));
    }

    [Requirement("SES-03", "SES-04")]
    [Theory]
    [InlineData("current")]
    [InlineData("everywhere")]
    public async Task A_sign_out_ends_the_newest_session_and_deletes_every_cookie(string scope)
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        var phone = await app.SignInAsync("bob");
        await browser.SignInAsync("bob");
        var bobs = browser.Sid;
        Land(late, browser);

        var answer = await browser.PostAsync("/auth/logout", new { scope }, (PawlDefaults.SessionHeader, bobs));

        Assert.Equal((204, 5), (answer.Status, answer.SetCookies.Count(static c => c.IsDeletion)));
        Assert.Empty(browser.Cookies.Names);
        Assert.Equal(scope is "current" ? 1 : 0, Alive(app));
        Assert.Equal(scope is "current" ? 200 : 401, (await phone.RefreshAsync()).Status);
    }

    // The sign-in comes from another site, so that the earlier session's cookies do not come along and it goes on.
    [Requirement("SES-03")]
    [Theory]
    [InlineData("/auth/logout", 0)]
    [InlineData("/sign-out", 0)]
    [InlineData("/login", 1)]
    public async Task A_sign_out_and_a_sign_in_end_an_earlier_session_too_whose_tokens_they_delete(string path, int alive)
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        var bob = await app.SignInAsync("bob");
        foreach (var name in bob.Cookies.Names)
            browser.Cookies[name] = bob.Cookies[name];
        Land(late, browser);
        Assert.Equal(2, Alive(app));

        Assert.InRange((await browser.PostAsync(path, path is "/login" ? new Login("eve") : null)).Status, 200, 204);

        Assert.Equal(alive, browser.Cookies.Names.Any() ? 1 : 0);
        Assert.Equal(alive, Alive(app));
    }

    [Requirement("SES-01")]
    [Fact]
    public async Task The_next_sign_in_takes_the_place_of_the_newest_session()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        await browser.SignInAsync("bob");
        Land(late, browser);

        await browser.SignInAsync("eve");

        Assert.Equal(("eve", 1L), ((await browser.MeAsync()).Body, Alive(app)));
    }

    // The sign-in comes from another site, so that the earlier session's cookies do not come along and it goes on.
    [Fact]
    public async Task An_earlier_session_that_lives_on_is_not_gone_back_to()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        var phone = await app.SignInAsync("bob");
        foreach (var name in phone.Cookies.Names)
            browser.Cookies[name] = phone.Cookies[name];
        await phone.LogoutAsync();
        Land(late, browser);

        var answer = await browser.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, "none"));

        Assert.Equal(("session_ended", "signed_out"), (answer.Code, answer.Reason));
        Assert.NotEqual("ada", (await browser.MeAsync()).Body);
    }

    [Fact]
    public async Task A_response_that_is_later_than_two_refreshes_leaves_no_session_that_nobody_holds()
    {
        await using var app = await TestApp.StartAsync();
        var (browser, late) = await StartLateAsync(app, 240);
        await browser.SignInAsync("bob");
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            await browser.RefreshAsync();
        }
        Land(late, browser);

        Assert.Equal("session_ended", (await browser.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, "none"))).Code);
        Assert.Equal(0, Alive(app));
    }

    [Requirement("RT-05")]
    [Fact]
    public async Task The_cookie_is_not_shown_while_the_refresh_cookie_is_the_same_sessions()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var first = ada.Cookies[PawlDefaults.SignInCookie];
        for (var i = 0; i < 5; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            Assert.Null((await ada.RefreshAsync()).Cookie(PawlDefaults.SignInCookie));
            // A browser that keeps it for longer than it was told to.
            ada.Cookies[PawlDefaults.SignInCookie] = first;
        }
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Requirement("RT-05")]
    [Fact]
    public async Task A_thief_of_the_cookie_can_do_what_a_thief_of_the_refresh_cookie_can()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var thief = app.NewBrowser();
        thief.Cookies[PawlDefaults.SignInCookie] = ada.Cookies[PawlDefaults.SignInCookie];
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        }

        var reuse = await thief.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, "none"));

        Assert.Equal(("session_ended", "token_reused"), (reuse.Code, reuse.Reason));
        Assert.Equal("session_ended", (await ada.RefreshAsync()).Code);
    }

    [Fact]
    public async Task A_cookie_that_no_key_has_made_is_as_none()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        ada.Cookies[PawlDefaults.SignInCookie] = ada.RefreshToken![..^1] + (ada.RefreshToken[^1] == 'A' ? 'B' : 'A');
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Requirement("CK-01", "CK-08")]
    [Theory]
    [InlineData(true, 3600)]
    [InlineData(false, null)]
    public async Task It_lives_for_an_hour_or_as_long_as_the_browser(bool persistent, int? maxAge)
    {
        await using var app = await TestApp.StartAsync();
        var answer = await app.NewBrowser().SignInAsync("ada", new Login("") { Persistent = persistent });
        Assert.Equal(maxAge, answer.Cookie(PawlDefaults.SignInCookie)!.MaxAge);
        Assert.Equal(answer.Cookie(PawlDefaults.RefreshCookie)!.Value, answer.Cookie(PawlDefaults.SignInCookie)!.Value);
    }

    [Requirement("CK-09")]
    [Theory]
    [InlineData("S; b=2", "b=2")]
    [InlineData("a=1; S", "a=1")]
    [InlineData("a=1; R; S", "a=1")]
    [InlineData("a=1; S; R", "a=1")]
    [InlineData("R; S", "")]
    [InlineData("S;R;a=1", "a=1")]
    [InlineData("a=1; R; b=2; S; c=3", "a=1; b=2; c=3")]
    [InlineData("a=1; R;  S;b=2", "a=1; b=2")]
    [InlineData("__Host-Http-pawl-refresh=x ; S", "")]
    public async Task The_app_does_not_see_it(string sent, string seen)
    {
        await using var app = await TestApp.StartAsync(map: static app =>
            Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(app, "/seen", static (Microsoft.AspNetCore.Http.HttpRequest request) => string.Join('|', request.Headers.Cookie!)));
        var token = (await app.SignInAsync("ada")).RefreshToken;
        var header = sent.Replace("S", $"{PawlDefaults.SignInCookie}={token}", StringComparison.Ordinal).Replace("R;", $"{PawlDefaults.RefreshCookie}={token};", StringComparison.Ordinal);
        header = header.EndsWith(" R", StringComparison.Ordinal) ? header[..^1] + $"{PawlDefaults.RefreshCookie}={token}" : header;
        Assert.Equal(seen, (await app.SendRawAsync("GET", "/seen", ("Cookie", header))).Body);
    }

    [Requirement("CK-04")]
    [Fact]
    public async Task A_twin_of_it_is_refused()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.SignInAsync("ada")).RefreshToken;
        var twice = $"{PawlDefaults.SignInCookie}={token}; {PawlDefaults.SignInCookie}={token}";
        Assert.Equal("ambiguous_credentials", (await app.SendRawAsync("POST", "/note", ("Cookie", twice), ("Sec-Fetch-Site", "same-origin"))).Code);
    }

    /// <summary>Ada's browser, and the answer to a refresh that it has sent and not received.</summary>
    private static async Task<(Browser Browser, Answer Late)> StartLateAsync(TestApp app, int age)
    {
        var browser = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromSeconds(age));
        var late = await browser.Copy().RefreshAsync();
        Assert.Equal(200, late.Status);
        return (browser, late);
    }

    private static void Land(Answer late, Browser browser)
    {
        foreach (var cookie in late.SetCookies)
            browser.Cookies.Take(cookie);
    }

    private static long Alive(TestApp app) => app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL");
}
