namespace Pawl.AspNetCore.Tests;

/// <summary>Two tabs, two users: what was meant for one session never runs as another.</summary>
public sealed class SessionSwitchTests
{
    [Requirement("XS-03", "XS-04", "ATTACK-23", "ATTACK-24")]
    [Theory]
    [InlineData("POST", "/note")]
    [InlineData("POST", "/auth/refresh")]
    [InlineData("POST", "/auth/logout")]
    [InlineData("POST", "/sign-out")]
    [InlineData("GET", "/me")]
    [InlineData("GET", "/open")]
    public async Task A_request_that_names_another_session_is_refused_before_any_handler(string method, string path)
    {
        await using var app = await TestApp.StartAsync();
        var browser = await app.SignInAsync("ada");
        var adas = browser.Sid;
        await browser.SignInAsync("bob");
        app.Store.Forget();

        var answer = await browser.SendAsync(new HttpMethod(method), path, null, [(PawlDefaults.SessionHeader, adas)]);

        Assert.Equal((409, "session_switched", "no-store"), (answer.Status, answer.Code, answer["Cache-Control"]));
        Assert.Empty(answer.SetCookies);
        Assert.Empty(app.Store.Calls);
        Assert.Equal(0, app.Notes);
        Assert.Equal("bob", (await browser.MeAsync()).Body);
    }

    [Requirement("XS-03")]
    [Fact]
    public async Task A_switched_request_is_refused_although_the_access_cookie_has_expired()
    {
        await using var app = await TestApp.StartAsync();
        var browser = await app.SignInAsync("ada");
        var adas = browser.Sid;
        await browser.SignInAsync("bob");
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(browser.AccessToken);
        Assert.Equal("session_switched", (await browser.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, adas))).Code);
    }

    [Requirement("XS-03")]
    [Fact]
    public async Task The_access_cookie_alone_tells_too()
    {
        await using var app = await TestApp.StartAsync();
        var browser = await app.SignInAsync("ada");
        var adas = browser.Sid;
        await browser.SignInAsync("bob");
        browser.Cookies[PawlDefaults.RefreshCookie] = null;
        Assert.Equal("session_switched", (await browser.PostAsync("/note", null, (PawlDefaults.SessionHeader, adas))).Code);
        Assert.Equal(0, app.Notes);
    }

    [Requirement("XS-03")]
    [Theory]
    [InlineData("")]
    [InlineData("None")]
    [InlineData("rubbish")]
    [InlineData("none, none")]
    public async Task Only_its_own_name_and_none_are_let_through(string named)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        Assert.Equal(200, (await ada.PostAsync("/note", null, (PawlDefaults.SessionHeader, ada.Sid))).Status);
        var answer = await app.SendRawAsync(
            "POST",
            "/note",
            ("Cookie", ada.Cookies.Header!),
            ("Sec-Fetch-Site", "same-origin"),
            (PawlDefaults.SessionHeader, named)
        );
        Assert.Equal(409, answer.Status);
    }

    [Requirement("XS-03")]
    [Fact]
    public async Task A_client_without_a_session_is_anonymous_whatever_its_cookies_are()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");

        var answer = await ada.PostAsync("/note", null, (PawlDefaults.SessionHeader, "none"));

        Assert.Equal((401, "authentication_required"), (answer.Status, answer.Code));
        Assert.Equal(0, app.Notes);
        Assert.Equal("nobody", (await ada.SendAsync(HttpMethod.Get, "/open", null, [(PawlDefaults.SessionHeader, "none")])).Body);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task Without_a_readable_cookie_there_is_nothing_to_compare()
    {
        await using var app = await TestApp.StartAsync();
        var nobody = app.NewBrowser();
        nobody.Cookies[PawlDefaults.RefreshCookie] = "rotten";
        Assert.Equal(
            "refresh_token_invalid",
            (await nobody.PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, new string('A', 22)))).Code
        );
    }
}
