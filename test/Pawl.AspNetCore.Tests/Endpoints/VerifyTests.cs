namespace Pawl.AspNetCore.Tests;

/// <summary><c>GET /auth/verify</c> tells a gateway whether a request may pass, and whose it is.</summary>
public sealed class VerifyTests
{
    private static readonly (string, string) s_get = ("X-Forwarded-Method", "GET");

    [Fact]
    public async Task Says_whose_a_request_is_in_ASCII()
    {
        await using var app = await TestApp.StartAsync(o => o.IncludePersonalClaims = true);
        var login = new Login("")
        {
            Roles = ["crew, first class", "größe\r\nPawl-User: eve", "ops"],
            Claims = { ["name"] = "Ada Łovelace" },
        };
        var ada = await app.SignInAsync("ada@example.com", login);
        app.Store.Forget();

        var answer = await ada.GetAsync("/auth/verify", s_get);

        Assert.Equal((200, "", "no-store"), (answer.Status, answer.Body, answer["Cache-Control"]));
        Assert.Equal(("ada%40example.com", ada.Sid), (answer["Pawl-User"], answer["Pawl-Sid"]));
        Assert.Equal("Ada%20%C5%81ovelace", answer["Pawl-Name"]);
        Assert.Equal("crew%2C%20first%20class,gr%C3%B6%C3%9Fe%0D%0APawl-User%3A%20eve,ops", answer["Pawl-Roles"]);
        Assert.Empty(answer.SetCookies);
        Assert.Empty(app.Store.Calls);
    }

    [Fact]
    public async Task Every_identity_header_is_there_so_that_the_gateway_overwrites_those_of_the_client()
    {
        await using var app = await TestApp.StartAsync();
        var answer = await (await app.SignInAsync("ada")).GetAsync("/auth/verify", s_get, ("Pawl-Roles", "admin"), ("Pawl-Name", "eve"));
        Assert.Equal((200, "", ""), (answer.Status, answer["Pawl-Name"], answer["Pawl-Roles"]));
    }

    [Fact]
    public async Task Refuses_with_the_codes_of_the_app()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var anonymous = await app.NewBrowser().GetAsync("/auth/verify", s_get);
        Assert.Equal((401, "authentication_required", "Bearer"), (anonymous.Status, anonymous.Code, anonymous["WWW-Authenticate"]));
        Assert.Equal((409, "session_switched"), await AskAsync(ada, s_get, (PawlDefaults.SessionHeader, "AAAAAAAAAAAAAAAAAAAAAA")));
        Assert.Equal((401, "authentication_required"), await AskAsync(ada, s_get, (PawlDefaults.SessionHeader, "none")));

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var expired = await ada.GetAsync("/auth/verify", s_get);
        Assert.Equal((401, "access_token_expired"), (expired.Status, expired.Code));
        Assert.Equal(("access_token_expired", "Bearer error=\"invalid_token\""), (expired["Pawl-Problem"], expired["WWW-Authenticate"]));

        await ada.RefreshAsync();
        Assert.Equal(200, (await ada.GetAsync("/auth/verify", s_get)).Status);
        await ada.Copy().LogoutAsync();
        Assert.Equal((401, "session_ended"), await AskAsync(ada, s_get));
    }

    [Theory]
    [InlineData("POST", "same-origin", null, 200)]
    [InlineData("POST", "cross-site", null, 403)]
    [InlineData("POST", "same-site", "https://evil.app.example", 403)]
    [InlineData("POST", null, "https://app.example", 200)]
    [InlineData("POST", null, "https://evil.example", 403)]
    [InlineData("POST", null, null, 403)]
    [InlineData("get", "cross-site", null, 200)]
    [InlineData("HEAD", "cross-site", null, 200)]
    [InlineData("GET, POST", "cross-site", null, 403)]
    [InlineData("PROPFIND", "cross-site", null, 403)]
    [InlineData("", "cross-site", null, 403)]
    [InlineData(null, "cross-site", null, 403)]
    [InlineData(null, "same-origin", null, 200)]
    // A WebSocket of another origin.
    [InlineData("GET", null, "https://evil.example", 403)]
    [InlineData("GET", "same-site", "https://evil.app.example", 403)]
    [InlineData("GET", null, "https://app.example", 200)]
    public async Task An_unsafe_request_of_another_site_gets_no_user(string? method, string? site, string? origin, int status)
    {
        await using var app = await TestApp.StartAsync();
        var cookies = ("Cookie", (await app.SignInAsync("ada")).Cookies.Header!);
        foreach (var name in new[] { "X-Forwarded-Method", "X-Original-Method" })
        {
            var answer = await app.SendRawAsync(
                "GET",
                "/auth/verify",
                [
                    cookies,
                    .. method is null ? [] : new[] { (name, method) },
                    .. site is null ? [] : new[] { ("Sec-Fetch-Site", site) },
                    .. origin is null ? [] : new[] { ("Origin", origin) },
                ]
            );
            Assert.Equal(status, answer.Status);
            Assert.Equal(status == 200 ? "ada" : null, answer["Pawl-User"]);
            Assert.Equal(status == 200 ? null : "csrf_rejected", answer["Pawl-Problem"]);
        }
    }

    [Fact]
    public async Task A_method_that_the_client_adds_does_not_make_the_request_safe()
    {
        await using var app = await TestApp.StartAsync();
        var cookies = ("Cookie", (await app.SignInAsync("ada")).Cookies.Header!);
        (string, string) site = ("Sec-Fetch-Site", "cross-site"),
            post = ("X-Forwarded-Method", "POST");
        Assert.Equal(403, (await app.SendRawAsync("GET", "/auth/verify", cookies, site, post, s_get)).Status);
        Assert.Equal(403, (await app.SendRawAsync("GET", "/auth/verify", cookies, site, ("X-Original-Method", "GET"), post)).Status);
    }

    [Fact]
    public async Task A_bearer_token_needs_no_origin()
    {
        await using var app = await TestApp.StartAsync();
        var bearer = ("Authorization", "Bearer " + (await app.SignInAsync("ada")).AccessToken);
        Assert.Equal("ada", (await app.SendRawAsync("GET", "/auth/verify", bearer))["Pawl-User"]);
        Assert.Equal((400, "ambiguous_credentials"), Read(await app.SendRawAsync("GET", "/auth/verify", bearer, bearer)));
        Assert.Equal((401, "access_token_invalid"), Read(await app.SendRawAsync("GET", "/auth/verify", ("Authorization", "Bearer x"))));
    }

    [Fact]
    public async Task Live_asks_the_store_and_a_fault_of_it_signs_no_user_out()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var app = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var other = await TestApp.StartAsync(folder: folder, clock: clock);
        var ada = await app.SignInAsync("ada");
        app.Store.IsDown = true;
        Assert.Equal(200, (await ada.GetAsync("/auth/verify", s_get)).Status);
        var live = await ada.GetAsync("/auth/verify?live", s_get);
        Assert.Equal((503, "store_unavailable", "1"), (live.Status, live.Code, live["Retry-After"]));

        app.Store.IsDown = false;
        Assert.Equal("ada", (await ada.GetAsync("/auth/verify?live=true", s_get))["Pawl-User"]);
        app.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(13).Any()), "The feed is not down.");
        await ada.Copy().On(other).LogoutAsync();
        Assert.Equal(200, (await ada.GetAsync("/auth/verify", s_get)).Status);
        Assert.Equal((401, "session_ended"), Read(await ada.GetAsync("/auth/verify?live", s_get)));
    }

    [Theory]
    [InlineData("?live=false")]
    [InlineData("?live&live")]
    [InlineData("?refused=1")]
    public async Task Another_value_of_live_or_refused_is_refused(string query)
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal((400, "invalid_request"), Read(await (await app.SignInAsync("ada")).GetAsync("/auth/verify" + query, s_get)));
    }

    [Fact]
    public async Task A_request_that_the_gateway_has_refused_gets_no_success()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.GetAsync("/auth/verify?refused", s_get);
        Assert.Equal((503, null, "1"), (answer.Status, answer["Pawl-User"], answer["Retry-After"]));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Only_GET_and_HEAD_ask(string method)
    {
        await using var app = await TestApp.StartAsync();
        var bearer = ("Authorization", "Bearer " + (await app.SignInAsync("ada")).AccessToken);
        Assert.Equal(405, (await app.SendRawAsync(method, "/auth/verify", bearer)).Status);
        Assert.Equal("ada", (await app.SendRawAsync("HEAD", "/auth/verify", bearer))["Pawl-User"]);
    }

    private static async Task<(int, string)> AskAsync(Browser browser, params (string, string)[] headers) =>
        Read(await browser.GetAsync("/auth/verify", headers));

    private static (int, string) Read(Answer answer) => (answer.Status, answer.Code);
}
