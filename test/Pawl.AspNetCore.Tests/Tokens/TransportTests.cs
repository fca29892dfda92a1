using System.Net.Http.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>How tokens travel: a session keeps to the way it was started with.</summary>
public sealed class TransportTests
{
    [Fact]
    public async Task A_bearer_session_has_its_access_token_in_the_body_and_in_no_cookie()
    {
        await using var app = await TestApp.StartAsync();
        var ada = app.NewBrowser();
        var answer = await ada.SignInAsync("ada", new Login("") { Transport = SessionTransport.Bearer });

        Assert.Equal("Bearer", answer.Text("token_type"));
        Assert.Equal(
            [PawlDefaults.RefreshCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie, PawlDefaults.SignInCookie],
            answer.SetCookies.Select(static c => c.Name)
        );
        Assert.Null(answer.Text("refresh_token"));
        Assert.Equal("ada", (await ada.GetAsync("/me", Bearer(answer))).Body);

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("access_token_expired", (await ada.GetAsync("/me", Bearer(answer))).Code);
        var refreshed = await ada.RefreshAsync();
        Assert.Equal(
            [PawlDefaults.RefreshCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie],
            refreshed.SetCookies.Select(static c => c.Name)
        );
        Assert.Equal("ada", (await ada.GetAsync("/me", Bearer(refreshed))).Body);
    }

    [Fact]
    public async Task A_bearer_session_in_place_of_a_cookie_session_leaves_no_access_cookie_behind()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.SignInAsync("ada", new Login("") { Transport = SessionTransport.Bearer });

        Assert.Null(ada.AccessToken);
        // Otherwise this would be two credentials in one request, until the old cookie expires.
        Assert.Equal("ada", (await ada.GetAsync("/me", Bearer(answer))).Body);
    }

    [Requirement("HTTP-04", "RT-13")]
    [Fact]
    public async Task Native_clients_get_both_tokens_in_the_body_and_no_cookie()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient();
        var answer = await SignInNativelyAsync(client);

        Assert.Empty(answer.SetCookies);
        Assert.Equal("no-store", answer["Cache-Control"]);
        var refreshToken = answer.Text("refresh_token")!;
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var refreshed = await RefreshNativelyAsync(client, refreshToken);
        Assert.Equal(200, refreshed.Status);
        Assert.Equal("no-store", refreshed["Cache-Control"]);
        Assert.NotEqual(refreshToken, refreshed.Text("refresh_token"));
        Assert.Equal(300, refreshed.Number("expires_in"));

        // RFC 6749, section 6: no refresh token in the answer means that the client keeps the one it has.
        var kept = await RefreshNativelyAsync(client, refreshed.Text("refresh_token")!);
        Assert.Equal((200, null), (kept.Status, kept.Text("refresh_token")));
        Assert.NotNull(kept.Text("access_token"));
    }

    [Requirement("RT-13")]
    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", TestApp.Origin)]
    public async Task A_browser_gets_no_tokens_in_a_body(string header, string value)
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient();
        var native = await SignInNativelyAsync(client);
        client.DefaultRequestHeaders.Add(header, value);

        var signIn = await SignInNativelyAsync(client);
        var refresh = await RefreshNativelyAsync(client, native.Text("refresh_token")!);

        Assert.Equal(("browser_refused", "browser_refused"), (signIn.Code, refresh.Code));
        Assert.Equal((403, 403), (signIn.Status, refresh.Status));
        Assert.Empty(signIn.SetCookies);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("RT-13")]
    [Fact]
    public async Task A_program_in_Node_is_no_browser_although_its_fetch_names_a_mode()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "cors");

        var signIn = await SignInNativelyAsync(client);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(200, (await RefreshNativelyAsync(client, signIn.Text("refresh_token")!)).Status);
    }

    [Requirement("RT-11", "RT-13")]
    [Fact]
    public async Task A_refresh_token_on_another_transport_is_refused_and_ends_nothing()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.NewClient();
        var ada = await app.SignInAsync("ada");
        var native = await SignInNativelyAsync(client);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var cookieInBody = await RefreshNativelyAsync(client, ada.RefreshToken!);
        Assert.Equal((400, "invalid_grant", "refresh_token_invalid"), (cookieInBody.Status, cookieInBody.Text("error"), cookieInBody.Code));
        var thief = app.NewBrowser();
        thief.Cookies[PawlDefaults.RefreshCookie] = native.Text("refresh_token");
        Assert.Equal("refresh_token_invalid", (await thief.RefreshAsync()).Code);

        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal(200, (await RefreshNativelyAsync(client, native.Text("refresh_token")!)).Status);
    }

    [Requirement("RT-13")]
    [Fact]
    public async Task Each_endpoint_looks_for_its_token_in_one_place()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var token = ada.RefreshToken!;
        app.Folder.Secrets.Publish(token);
        var empty = app.NewBrowser();

        Assert.Equal("refresh_token_invalid", (await empty.PostAsync($"/auth/refresh?refresh_token={token}")).Code);
        Assert.Equal("refresh_token_invalid", (await empty.PostAsync("/auth/refresh", new { refresh_token = token })).Code);
        Assert.Equal(
            "refresh_token_invalid",
            (await empty.SendAsync(HttpMethod.Post, "/auth/refresh", Browser.Form($"refresh_token={token}"))).Code
        );
        Assert.Equal("refresh_token_invalid", (await empty.PostAsync("/auth/refresh", null, ("Authorization", $"Bearer {token}"))).Code);

        using var client = app.NewClient();
        using var byCookie = new HttpRequestMessage(HttpMethod.Post, "/auth/token") { Content = Browser.Form("grant_type=refresh_token") };
        byCookie.Headers.Add("Cookie", $"{PawlDefaults.RefreshCookie}={token}");
        byCookie.Headers.Add(PawlDefaults.SessionHeader, ada.Sid);
        var answer = await Answer.ReadAsync(await client.SendAsync(byCookie, TestContext.Current.CancellationToken));
        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Text("error")));
    }

    [Requirement("CK-07")]
    [Fact]
    public async Task No_secret_of_a_cookie_is_anywhere_else_in_an_answer()
    {
        await using var app = await TestApp.StartAsync();
        var ada = app.NewBrowser();
        var answers = new List<Answer> { await ada.SignInAsync("ada", new Login("") { Json = true }) };
        app.Clock.Advance(TimeSpan.FromMinutes(4));
        answers.Add(await ada.RefreshAsync());
        foreach (var path in new[] { "/auth/session", "/auth/sessions", "/me", "/claims" })
            answers.Add(await ada.GetAsync(path));
        answers.Add(await ada.LogoutAsync());

        var secrets = answers
            .SelectMany(static a => a.SetCookies)
            .Where(static c => c.Attributes.ContainsKey("HttpOnly") && !c.IsDeletion)
            .Select(static c => c.Value)
            .ToList();
        Assert.Equal(5, secrets.Count);
        foreach (var secret in secrets.SelectMany(static s => new[] { s, s.Split('.')[^1] }))
        {
            Assert.All(answers, a => Assert.DoesNotContain(secret, a.Body, StringComparison.Ordinal));
            Assert.All(
                answers.SelectMany(static a => a.Headers).Where(static h => !h.Value.Contains("HttpOnly", StringComparison.Ordinal)),
                h => Assert.DoesNotContain(secret, h.Value, StringComparison.Ordinal)
            );
        }
    }

    private static (string, string) Bearer(Answer answer) => ("Authorization", $"Bearer {answer.Text("access_token")}");

    internal static async Task<Answer> SignInNativelyAsync(HttpClient client) =>
        await Answer.ReadAsync(await client.PostAsJsonAsync("/login", new Login("ada") { Transport = SessionTransport.Body }));

    internal static async Task<Answer> RefreshNativelyAsync(HttpClient client, string token) =>
        await Answer.ReadAsync(await client.PostAsync("/auth/token", Browser.Form($"grant_type=refresh_token&refresh_token={token}")));
}
