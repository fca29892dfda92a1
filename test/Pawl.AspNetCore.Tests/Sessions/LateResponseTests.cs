namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The response of an earlier session arrives after another user has signed in, and its cookies overwrite the newer ones. The
/// browser still belongs to the newer user.
/// </summary>
public sealed class LateResponseTests
{
    /// <summary>
    /// How long after the sign-in the response was made, in seconds, and how many refreshes the new session has had when it arrives.
    /// </summary>
    public static TheoryData<int, int, SessionTransport> Responses =>
        new()
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
        // A request for Ada's session is refused: nothing runs as Ada, and nothing that Ada asked for runs as Bob.
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
    public async Task A_client_that_does_not_know_the_session_of_its_cookies_may_refresh()
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

    // The sign-in comes from another site, so that the browser does not send the earlier session's cookies and the session goes on.
    [Fact]
    public async Task The_browser_does_not_return_to_an_earlier_session_that_is_alive()
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
    public async Task A_response_that_is_later_than_two_refreshes_leaves_no_session_alive()
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

    /// <summary>Ada's browser, and the response to a refresh that it has sent and not received yet.</summary>
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
