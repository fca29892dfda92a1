using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>A sign-in with what a request was authenticated as renews the claims of its session. It starts no session, and makes nothing last longer.</summary>
public sealed class ReissueTests
{
    [Requirement("SES-02", "SES-11")]
    [Theory]
    [InlineData("/renew")]
    [InlineData("/sign-in-myself")]
    public async Task By_a_bearer_token_no_session_starts_and_no_token_is_handed_out(string path)
    {
        await using var app = await StartAsync();
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
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Methods = ["pwd", "otp"] });
        var (before, refreshToken) = (AccessTokens.Claims(ada.AccessToken!), ada.RefreshToken);
        for (var round = 0; round < 3; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1.5));
            var answer = await ada.PostAsync(path);

            Assert.Equal([PawlDefaults.AccessCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie], answer.SetCookies.Select(static c => c.Name));
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
        await using var app = await StartAsync(async app => await app.Service<SessionManager>().EndAllAsync("ada"));
        var ada = await app.SignInAsync("ada");

        var answer = isBearer ? await app.SendRawAsync("POST", path, ("Authorization", $"Bearer {ada.AccessToken}")) : await ada.PostAsync(path);

        Assert.Equal((401, "session_ended", "revoked", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_session_that_ends_while_its_claims_are_stored_is_not_brought_back_either()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Store.Before = async call =>
        {
            if (call == "Update")
                await app.Service<SessionManager>().EndAllAsync("ada");
        };

        var answer = await ada.PostAsync("/renew");

        Assert.Equal((401, "session_ended", "revoked", 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
    }

    [Requirement("SES-02")]
    [Fact]
    public async Task A_session_that_has_timed_out_is_not_renewed()
    {
        await using var app = await StartAsync(pawl: static o => o.IdleTimeout = TimeSpan.FromMinutes(6));
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
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Folder.Query<object>("DELETE FROM pawl_sessions RETURNING 1");

        var answer = await ada.PostAsync("/renew");

        Assert.Equal((401, "access_token_invalid", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task The_properties_of_a_session_sign_no_other_user_in()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => ada.PostAsync("/renew?as=bob"));

        Assert.Contains("new properties", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task The_properties_of_another_request_are_refused()
    {
        await using var app = await StartAsync();
        var (ada, again) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        await ada.PostAsync("/keep");

        await Assert.ThrowsAsync<InvalidOperationException>(() => again.PostAsync("/renew?kept=true"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().PostAsync("/renew?kept=true"));

        Assert.Equal(2, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("SES-02", "SES-11")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_principal_of_another_request_starts_no_session(bool isSignedIn)
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        await ada.PostAsync("/keep");
        await ada.LogoutAsync();
        var browser = isSignedIn ? await app.SignInAsync("ada") : app.NewBrowser();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => browser.PostAsync("/sign-in-kept"));

        Assert.Contains("new principal", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(isSignedIn ? 1 : 0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Requirement("HTTP-11")]
    [Theory]
    [InlineData(SessionTransport.Bearer)]
    [InlineData(SessionTransport.Body)]
    public async Task A_session_keeps_its_transport(SessionTransport transport)
    {
        await using var app = await StartAsync();
        using var client = app.NewClient();
        var tokens = await Answer.ReadAsync(await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
            client, "/login", new Login("ada") { Transport = transport }, TestContext.Current.CancellationToken));
        var bearer = ("Authorization", $"Bearer {tokens.Text("access_token")}");
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var answer = await app.SendRawAsync("POST", $"/sign-in-myself?json=true&transport={transport}", bearer);

        Assert.Equal((200, 240, null, 0), (answer.Status, answer.Number("expires_in"), answer.Text("refresh_token"), answer.SetCookies.Count));
        Assert.Equal(
            AccessTokens.Claims(tokens.Text("access_token")!).GetProperty("exp").GetInt64(),
            AccessTokens.Claims(answer.Text("access_token")!).GetProperty("exp").GetInt64());
        await Assert.ThrowsAsync<ArgumentException>(() => app.SendRawAsync("POST", "/sign-in-myself?json=true&transport=Cookie", bearer));
    }

    [Fact]
    public async Task What_only_a_new_session_can_have_is_refused()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        foreach (var query in new[] { "device=phone", "methods=otp", "expires=3600" })
            await Assert.ThrowsAsync<ArgumentException>(() => ada.PostAsync($"/sign-in-myself?transport=Cookie&{query}"));
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("SES-01")]
    [Fact]
    public async Task A_new_principal_of_the_same_user_starts_a_session()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var before = ada.Sid;
        await ada.SignInAsync("ada");
        Assert.NotEqual(before, ada.Sid);
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task Another_site_renews_nothing()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.SendAsync(HttpMethod.Post, "/renew", null, page: "https://evil.app.example");
        Assert.Equal((403, "csrf_rejected", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
    }

    // The request is authenticated before "between" runs, as one is whose body takes its time.
    private static async Task<TestApp> StartAsync(Func<TestApp, Task>? between = null, Action<PawlOptions>? pawl = null)
    {
        TestApp? test = null;
        AuthenticationProperties? kept = null;
        ClaimsPrincipal? principal = null;
        return test = await TestApp.StartAsync(pawl, map: app =>
        {
            app.MapPost("/keep", async (HttpContext context) => (kept, principal) = ((await context.AuthenticateAsync()).Properties, context.User));
            app.MapPost("/sign-in-kept", () => Results.SignIn(principal!));
            app.MapPost("/renew", async (HttpContext context, string? @as) =>
            {
                var result = await context.AuthenticateAsync();
                await (between?.Invoke(test!) ?? Task.CompletedTask);
                var name = @as ?? result.Principal?.Identity?.Name ?? "ada";
                var properties = context.Request.Query.ContainsKey("kept") ? kept : result.Properties;
                await context.SignInAsync(new Login(name) { Roles = ["admin"] }.ToPrincipal(), properties);
                return "done";
            });
            app.MapPost("/sign-in-myself", async (HttpContext context, SessionTransport? transport, string? device, string? methods, int? expires, bool json = false) =>
            {
                await (between?.Invoke(test!) ?? Task.CompletedTask);
                ((ClaimsIdentity)context.User.Identity!).AddClaim(new Claim(ClaimTypes.Role, "admin"));
                var properties = transport is { } own
                    ? new PawlSignInProperties { Transport = own, AnswersWithJson = json, Device = device, AuthenticationMethods = methods?.Split(' ') }
                    : null;
                if (expires is { } seconds)
                    properties!.ExpiresUtc = test!.Clock.GetUtcNow().AddSeconds(seconds);
                await context.SignInAsync(context.User, properties);
                return json ? Results.Empty : Results.Text("done");
            }).RequireAuthorization();
        });
    }
}
