namespace Pawl.AspNetCore.Tests;

/// <summary>Signing out ends the session where it lives, for both tokens, whatever state the browser is in.</summary>
public sealed class SigningOutTests
{
    [Requirement("HTTP-04", "SES-02", "SES-07", "ATTACK-22")]
    [Theory]
    [InlineData("/auth/logout")]
    [InlineData("/sign-out")]
    public async Task Ends_the_session_for_both_tokens_at_the_next_request(string path)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var kept = ada.Copy();
        Assert.Equal("ada", (await kept.MeAsync()).Body);

        var answer = await ada.PostAsync(path);

        Assert.InRange(answer.Status, 200, 204);
        Assert.Equal("no-store", answer["Cache-Control"]);
        Assert.Empty(ada.Cookies.Names);
        foreach (var refused in new[] { await kept.MeAsync(), await kept.RefreshAsync(), await kept.GetAsync("/auth/sessions") })
            Assert.Equal((401, "session_ended", "signed_out"), (refused.Status, refused.Code, refused.Reason));
        var bearer = await app.NewBrowser().GetAsync("/me", ("Authorization", $"Bearer {kept.AccessToken}"));
        Assert.Equal("session_ended", bearer.Code);
        app.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("signed_out", (await kept.RefreshAsync()).Reason);
    }

    [Requirement("CK-03", "HTTP-07")]
    [Fact]
    public async Task Deletes_each_cookie_with_the_attributes_it_was_set_with()
    {
        await using var app = await TestApp.StartAsync();
        var ada = app.NewBrowser();
        var set = await ada.SignInAsync("ada");
        var deleted = await ada.LogoutAsync();

        Assert.Equal(set.SetCookies.Select(static c => (c.Name, c.Shape)), deleted.SetCookies.Select(static c => (c.Name, c.Shape)));
        Assert.All(deleted.SetCookies, static c => Assert.Equal(("", 0), (c.Value, c.MaxAge)));
    }

    [Requirement("HTTP-14")]
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "\"cache\", \"storage\"")]
    public async Task Clears_what_the_browser_keeps_besides_only_if_the_app_says_so(bool clears, string? header)
    {
        await using var app = await TestApp.StartAsync(o => o.ClearSiteDataOnSignOut = clears);
        var ada = await app.SignInAsync("ada");
        Assert.Equal(header, (await ada.LogoutAsync())["Clear-Site-Data"]);
    }

    [Requirement("SES-03")]
    [Fact]
    public async Task A_sign_out_is_idempotent_and_needs_no_valid_token()
    {
        await using var app = await TestApp.StartAsync();
        var expired = await app.SignInAsync("ada");
        var (accessOnly, refreshOnly, rotten, again, nobody) = (
            await app.SignInAsync("ada"),
            await app.SignInAsync("ada"),
            await app.SignInAsync("ada"),
            await app.SignInAsync("ada"),
            app.NewBrowser()
        );
        await again.Copy().LogoutAsync();
        accessOnly.Cookies[PawlDefaults.AccessCookie] = accessOnly.AccessToken;
        accessOnly.Cookies[PawlDefaults.RefreshCookie] = null;
        accessOnly.Cookies[PawlDefaults.SignInCookie] = null;
        refreshOnly.Cookies[PawlDefaults.AccessCookie] = null;
        rotten.Cookies[PawlDefaults.AccessCookie] = "rotten";
        rotten.Cookies[PawlDefaults.RefreshCookie] = "pawl_r1_rotten";
        rotten.Cookies[PawlDefaults.SignInCookie] = "pawl_r1_rotten";
        app.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Null(expired.AccessToken);

        foreach (var browser in new[] { expired, accessOnly, refreshOnly, rotten, again, nobody })
        {
            var answer = await browser.LogoutAsync();
            Assert.Equal((204, 5), (answer.Status, answer.SetCookies.Count(static c => c.IsDeletion)));
            Assert.Equal(204, (await browser.LogoutAsync()).Status);
        }
        // All but the rotten one, which nobody can read.
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Requirement("HTTP-11")]
    [Fact]
    public async Task A_native_client_signs_out_by_its_access_token_or_by_revoking()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient();
        for (var way = 0; way < 3; way++)
        {
            var tokens = await Answer.ReadAsync(
                await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                    client,
                    "/login",
                    new Login("ada") { Transport = SessionTransport.Body },
                    TestContext.Current.CancellationToken
                )
            );
            using var logout = new HttpRequestMessage(HttpMethod.Post, way == 0 ? "/auth/logout" : "/auth/revoke");
            if (way == 0)
                logout.Headers.Add("Authorization", $"Bearer {tokens.Text("access_token")}");
            else
                logout.Content = Browser.Form($"token={tokens.Text(way == 1 ? "refresh_token" : "access_token")}");
            using var response = await client.SendAsync(logout, TestContext.Current.CancellationToken);
            Assert.Equal(way == 0 ? 204 : 200, (int)response.StatusCode);

            var refresh = await Answer.ReadAsync(
                await client.PostAsync(
                    "/auth/token",
                    Browser.Form($"grant_type=refresh_token&refresh_token={tokens.Text("refresh_token")}"),
                    TestContext.Current.CancellationToken
                )
            );
            Assert.Equal((400, "invalid_grant", "session_ended"), (refresh.Status, refresh.Text("error"), refresh.Code));
            Assert.Equal(
                "session_ended",
                (await app.NewBrowser().GetAsync("/me", ("Authorization", $"Bearer {tokens.Text("access_token")}"))).Code
            );
        }
    }

    [Requirement("HTTP-11", "SES-02")]
    [Theory]
    [InlineData("/auth/logout", 204)]
    [InlineData("/auth/revoke", 200)]
    public async Task A_node_with_a_slow_clock_signs_out_by_a_token_that_another_has_just_issued(string path, int status)
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var behind = await TestApp.StartAsync(folder: folder, clock: new TestClock(clock.GetUtcNow().AddMinutes(-2)));
        var ada = await here.SignInAsync("ada");
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
        // It does not let it in.
        Assert.Equal(401, (await behind.SendRawAsync("GET", "/me", bearer)).Status);

        var answer =
            path == "/auth/logout"
                ? await behind.SendRawAsync("POST", path, bearer)
                : await behind.SendRawAsync(
                    "POST",
                    path,
                    System.Text.Encoding.UTF8.GetBytes($"token={ada.AccessToken}"),
                    ("Content-Type", "application/x-www-form-urlencoded")
                );

        Assert.Equal(status, answer.Status);
        Assert.Equal("session_ended", (await ada.RefreshAsync()).Code);
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_bearer_token_beside_cookies_of_another_session_ends_both()
    {
        await using var app = await TestApp.StartAsync();
        var (page, browser) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var bearer = ("Authorization", $"Bearer {page.AccessToken}");
        browser.Cookies[PawlDefaults.AccessCookie] = null;

        Assert.Equal(204, (await browser.PostAsync("/auth/logout", null, bearer)).Status);

        Assert.Equal("signed_out", (await app.SendRawAsync("GET", "/me", bearer)).Reason);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }
}
