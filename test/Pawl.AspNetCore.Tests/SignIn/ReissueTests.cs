namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A sign-in with the request's own principal or properties renews the claims of its session. It starts
/// no session, and makes nothing last longer.
/// </summary>
public sealed class ReissueTests
{
    [Requirement("SES-02", "SES-11")]
    [Theory]
    [InlineData("/renew")]
    [InlineData("/sign-in-myself")]
    public async Task By_a_bearer_token_no_session_starts_and_no_token_is_handed_out(string path)
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");

        var answer = await app.SendRawAsync("POST", path, bearer);

        Assert.Equal((200, "done", 0), (answer.Status, answer.Body, answer.SetCookies.Count));
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
        // The session has the new claims all the same.
        await ada.RefreshAsync();
        Assert.Equal(200, (await ada.GetAsync("/admin")).Status);
    }

    [Requirement("SES-02", "SES-11")]
    [Theory]
    [InlineData("/renew")]
    [InlineData("/sign-in-myself")]
    public async Task By_the_access_cookie_it_answers_with_a_token_that_expires_when_that_one_does(string path)
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Methods = ["pwd", "otp"] });
        var (before, refreshToken) = (AccessTokens.Claims(ada.AccessToken!), ada.RefreshToken);
        for (var round = 0; round < 3; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1.5));
            var answer = await ada.PostAsync(path);

            Assert.Equal(
                [PawlDefaults.AccessCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie],
                answer.SetCookies.Select(static c => c.Name)
            );
            var after = AccessTokens.Claims(ada.AccessToken!);
            foreach (var claim in new[] { "sub", "sid", "exp", "auth_time", "amr" })
                Assert.Equal(before.GetProperty(claim).GetRawText(), after.GetProperty(claim).GetRawText());
            Assert.Equal(refreshToken, ada.RefreshToken);
            Assert.Equal(200, (await ada.GetAsync("/admin")).Status);
        }
        // Within the clock skew a token is still accepted; renewing it buys no time.
        app.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(200, (await ada.PostAsync(path)).Status);
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("access_token_expired", (await ada.MeAsync()).Code);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("SES-02")]
    [Theory]
    [InlineData("/renew", true)]
    [InlineData("/renew", false)]
    [InlineData("/sign-in-myself", true)]
    public async Task A_session_that_ends_in_mid_request_is_not_brought_back(string path, bool isBearer)
    {
        await using var app = await RenewingApp.StartAsync(async app => await app.Service<SessionManager>().EndAllForUserAsync("ada"));
        var ada = await app.SignInAsync("ada");

        var answer = isBearer
            ? await app.SendRawAsync("POST", path, ("Authorization", $"Bearer {ada.AccessToken}"))
            : await ada.PostAsync(path);

        Assert.Equal((401, "session_ended", "revoked", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_session_that_ends_while_its_claims_are_stored_is_not_brought_back_either()
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Store.Before = async call =>
        {
            if (call == "Update")
                await app.Service<SessionManager>().EndAllForUserAsync("ada");
        };

        var answer = await ada.PostAsync("/renew");

        Assert.Equal((401, "session_ended", "revoked", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_session_that_has_timed_out_is_not_renewed()
    {
        await using var app = await RenewingApp.StartAsync(pawl: static o => o.IdleTimeout = TimeSpan.FromMinutes(6));
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var lost = ada.Copy();
        await ada.RefreshAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        // The same token once more is a repeat: it moves no timeout, and its access token outlives the session.
        await lost.RefreshAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(4));

        var answer = await lost.PostAsync("/renew");

        Assert.Equal((401, "session_ended", "idle", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_session_that_the_store_has_lost_is_not_started_anew()
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Folder.Query<object>("DELETE FROM pawl_sessions RETURNING 1");

        var answer = await ada.PostAsync("/renew");

        Assert.Equal((401, "access_token_invalid", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("HTTP-11")]
    [Theory]
    [InlineData(SessionTransport.Bearer)]
    [InlineData(SessionTransport.Body)]
    public async Task A_session_keeps_its_transport(SessionTransport transport)
    {
        await using var app = await RenewingApp.StartAsync();
        using var client = app.NewClient();
        var tokens = await Answer.ReadAsync(
            await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                client,
                "/login",
                new Login("ada") { Transport = transport },
                TestContext.Current.CancellationToken
            )
        );
        var bearer = ("Authorization", $"Bearer {tokens.Text("access_token")}");
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var answer = await app.SendRawAsync("POST", $"/sign-in-myself?json=true&transport={transport}", bearer);

        Assert.Equal(
            (200, 240, null, 0),
            (answer.Status, answer.Number("expires_in"), answer.Text("refresh_token"), answer.SetCookies.Count)
        );
        Assert.Equal(
            AccessTokens.Claims(tokens.Text("access_token")!).GetProperty("exp").GetInt64(),
            AccessTokens.Claims(answer.Text("access_token")!).GetProperty("exp").GetInt64()
        );
        await Assert.ThrowsAsync<ArgumentException>(() => app.SendRawAsync("POST", "/sign-in-myself?json=true&transport=Cookie", bearer));
    }

    [Requirement("SES-01")]
    [Fact]
    public async Task A_new_principal_of_the_same_user_starts_a_session()
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var before = ada.Sid;
        await ada.SignInAsync("ada");
        Assert.NotEqual(before, ada.Sid);
    }
}
