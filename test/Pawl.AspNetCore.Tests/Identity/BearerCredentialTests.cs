using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;

namespace Pawl.AspNetCore.Tests;

/// <summary>What counts as a credential in bearer mode, and for whom: no credential becomes a stronger one.</summary>
public sealed class BearerCredentialTests
{
    private const string Ada = BearerApp.Ada;

    [Fact]
    public async Task Tokens_of_cookies_and_access_tokens_are_no_refresh_tokens_here()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var browser = app.NewBrowser();
        await browser.LoginAsync(Ada);
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        foreach (
            var token in (string[])[browser.RefreshToken!, browser.AccessToken!, client.AccessToken, "", "CfDJ8Nob0dys", new('x', 5000)]
        )
        {
            var answer = await client.PostAsync("/refresh", new { refreshToken = token }, sendsToken: false);
            Assert.Equal((401, "refresh_token_invalid"), (answer.Status, answer.Code));
        }
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        Assert.Equal(200, (await client.RefreshAsync()).Status);
    }

    [Fact]
    public async Task A_refresh_token_of_the_body_is_no_cookie()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var browser = app.NewBrowser();
        browser.Cookies.Take(SetCookie.Parse($"{PawlDefaults.RefreshCookie}={client.RefreshToken}; path=/; secure; httponly"));
        Assert.Equal((401, "refresh_token_invalid"), await StatusAsync(browser.RefreshAsync()));
        Assert.Equal(401, (await browser.OpenAsync("/manage/info")).Status);
        Assert.Equal(200, (await client.RefreshAsync()).Status);
    }

    [Fact]
    public async Task Browsers_get_no_tokens_in_the_body()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, static o => o.TrustedOrigins.Add("capacitor://localhost"));
        var client = await BearerClient.SignInAsync(app, Ada);
        var browser = app.NewBrowser();

        var login = await browser.PostAsync("/login", new { email = Ada, password = IdentityApp.Password });
        Assert.Equal((403, "browser_refused", 0), (login.Status, login.Code, login.SetCookies.Count));
        var refresh = await browser.PostAsync("/refresh", new { refreshToken = client.RefreshToken });
        Assert.Equal((403, "browser_refused"), (refresh.Status, refresh.Code));
        Assert.Equal(1, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));

        var page = await client.PostAsync(
            "/refresh",
            new { refreshToken = client.RefreshToken },
            false,
            ("Origin", "capacitor://localhost")
        );
        Assert.Equal(200, page.Status);
    }

    [Fact]
    public async Task Plain_http_gets_no_tokens()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        foreach (
            var (path, json) in ((string, object)[])
                [("/login", new { email = Ada, password = IdentityApp.Password }), ("/refresh", new { refreshToken = client.RefreshToken })]
        )
            Assert.Equal(
                (400, "https_required"),
                await StatusAsync(client.PostAsync("http://app.example" + path, json, sendsToken: false))
            );
    }

    [Theory]
    [InlineData("application/json", "{", 400)]
    [InlineData("application/json", "{}", 400)]
    [InlineData("application/json", "null", 400)]
    [InlineData("application/json", "", 400)]
    [InlineData("application/json", """{"refreshToken":null}""", 401)]
    [InlineData("application/json", """{"refreshToken":7}""", 400)]
    [InlineData("text/plain", "x", 415)]
    public async Task A_body_that_is_no_refresh_request_is_refused_by_the_endpoint_itself(string type, string body, int status)
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        using var content = new StringContent(body, Encoding.UTF8, type);
        var answer = await new BearerClient(app).SendAsync(HttpMethod.Post, "/refresh", content, sendsToken: false);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 401 ? "refresh_token_invalid" : $"{status} without a code", answer.Code);
    }

    [Fact]
    public async Task A_body_of_a_megabyte_is_413()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var answer = await new BearerClient(app).PostAsync(
            "/refresh",
            new { refreshToken = new string('x', 1_000_000) },
            sendsToken: false
        );
        Assert.Equal((413, "content_too_large"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task The_code_of_a_refused_refresh_does_not_speak_of_the_access_token_beside_it()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        var answer = await client.PostAsync("/refresh", new { refreshToken = "unknown" });
        Assert.Equal((401, "refresh_token_invalid"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task The_bearer_scheme_accepts_no_cookie_and_no_query_string()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes =>
            routes
                .MapGet("/programs", static () => "ok")
                .RequireAuthorization(static policy =>
                    policy.AddAuthenticationSchemes(IdentityConstants.BearerScheme).RequireAuthenticatedUser()
                )
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        var browser = app.NewBrowser();
        await browser.LoginAsync(Ada);

        Assert.Equal("ok", (await client.GetAsync("/programs")).Body);
        var anonymous = await client.SendAsync(HttpMethod.Get, "/programs", null, sendsToken: false);
        Assert.Equal((401, "authentication_required", "Bearer"), (anonymous.Status, anonymous.Code, anonymous["WWW-Authenticate"]));
        Assert.Equal((401, "authentication_required"), await StatusAsync(browser.GetAsync("/programs")));
        Assert.Equal((401, "authentication_required"), await StatusAsync(browser.OpenAsync("/programs")));
        Assert.Equal(401, (await client.SendAsync(HttpMethod.Get, $"/programs?access_token={client.AccessToken}", null, false)).Status);
        Assert.Equal(400, (await client.GetAsync("/programs", ("Cookie", browser.Cookies.Header!))).Status);
    }

    [Fact]
    public async Task Both_schemes_at_one_endpoint_answer_with_one_problem()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder, map: static routes =>
            routes
                .MapGet("/both", static () => "ok")
                .RequireAuthorization(static policy =>
                    policy
                        .AddAuthenticationSchemes(IdentityConstants.BearerScheme, IdentityConstants.ApplicationScheme)
                        .RequireAuthenticatedUser()
                        .RequireClaim("never", "there")
                )
        );
        var client = await BearerClient.SignInAsync(app, Ada);
        var anonymous = await client.SendAsync(HttpMethod.Get, "/both", null, sendsToken: false);
        Assert.Equal((401, "authentication_required"), (anonymous.Status, anonymous.Code));
        var forbidden = await client.GetAsync("/both");
        Assert.Equal((403, "forbidden"), (forbidden.Status, forbidden.Code));
    }

    private static async Task<(int, string)> StatusAsync(Task<Answer> sent) =>
        await sent is var answer ? (answer.Status, answer.Code) : default;
}
