using System.Net.Http.Headers;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>ASP.NET Core Identity, its endpoints unmodified, on our scheme.</summary>
public sealed class IdentityTests
{
    private const string Ada = "ada@example.com";

    [Requirement("ATTACK-22")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Register_sign_in_refresh_and_sign_out(bool core)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, core);
        var browser = await app.RegisterAsync(Ada);

        var login = await browser.LoginAsync(Ada);
        Assert.Equal(200, login.Status);
        Assert.Equal(
            [
                PawlDefaults.AccessCookie,
                PawlDefaults.RefreshCookie,
                PawlDefaults.SessionCookie,
                PawlDefaults.FreshCookie,
                PawlDefaults.SignInCookie,
            ],
            login.SetCookies.Select(static c => c.Name)
        );
        Assert.Equal(Ada, (await browser.GetAsync("/manage/info")).Text("email"));
        Assert.Equal("true", (await browser.GetAsync("/is-signed-in")).Body);

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(401, (await browser.GetAsync("/manage/info")).Status);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        Assert.Equal(Ada, (await browser.GetAsync("/manage/info")).Text("email"));

        var kept = browser.Copy();
        Assert.Equal(200, (await browser.PostAsync("/leave")).Status);
        Assert.Empty(browser.Cookies.Names);
        Assert.Equal(401, (await kept.GetAsync("/manage/info")).Status);
        Assert.Equal("signed_out", (await kept.RefreshAsync()).Reason);
        Assert.Equal("false", (await kept.GetAsync("/is-signed-in")).Body);
    }

    [Theory]
    [InlineData("useCookies=true", true)]
    [InlineData("useCookies=true&useSessionCookies=true", false)]
    [InlineData("useSessionCookies=true", false)]
    public async Task Identity_says_whether_the_session_outlives_the_browser(string query, bool persists)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder);
        var browser = await app.RegisterAsync(Ada);
        Assert.Equal(200, (await browser.PostAsync($"/login?{query}", new { email = Ada, password = IdentityApp.Password })).Status);
        browser.Cookies.Close();
        Assert.Equal(persists ? 200 : 401, (await browser.GetAsync("/manage/info")).Status);
    }

    [Fact]
    public async Task A_wrong_password_starts_no_session()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder);
        var browser = await app.RegisterAsync(Ada);
        var answer = await browser.LoginAsync(Ada, "wrong");
        Assert.Equal((401, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal(0, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("XS-05", "ATTACK-25")]
    [Fact]
    public async Task Login_from_another_site_sets_no_cookie()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder);
        var browser = await app.RegisterAsync(Ada);
        using var json = new ByteArrayContent(
            System.Text.Encoding.UTF8.GetBytes($$"""{"email":"{{Ada}}","password":"{{IdentityApp.Password}}"}""")
        )
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        var answer = await browser.SendAsync(HttpMethod.Post, "/login?useCookies=true", json, page: "https://evil.example");
        Assert.Equal((403, "csrf_rejected", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
        Assert.Empty(app.Logs.Exceptions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RefreshSignIn_re_issues_in_the_same_session_with_the_claims_of_now(bool core)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, core);
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        var (sid, refreshToken) = (browser.Sid, browser.RefreshToken);
        Assert.Equal(403, (await browser.GetAsync("/admin")).Status);
        await MakeAdminAsync(app);

        var answer = await browser.PostAsync("/reload");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            [PawlDefaults.AccessCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie],
            answer.SetCookies.Select(static c => c.Name)
        );
        Assert.Equal((sid, refreshToken), (browser.Sid, browser.RefreshToken));
        Assert.Equal(200, (await browser.GetAsync("/admin")).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
        Assert.Equal(200, (await browser.GetAsync("/admin")).Status);
        Assert.Equal(1, folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Requirement("CLM-11")]
    [Fact]
    public async Task No_token_shows_the_security_stamp_name_or_address()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder);
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        Assert.Equal(
            ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "amr", "client_id"],
            AccessTokens.Claims(browser.AccessToken!).EnumerateObject().Select(static c => c.Name)
        );
        Assert.Equal("""["pwd"]""", AccessTokens.Claims(browser.AccessToken!).GetProperty("amr").GetRawText());
    }

    [Requirement("SES-02", "SES-11")]
    [Fact]
    public async Task RefreshSignIn_by_a_bearer_token_starts_no_session()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, core: true);
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);

        var answer = await app.SendRawAsync("POST", "/reload", ("Authorization", $"Bearer {browser.AccessToken}"));

        Assert.Equal((200, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal(1, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("CLM-10")]
    [Fact]
    public async Task Roles_follow_the_user_and_the_apps_own_handler_is_asked_too()
    {
        using var folder = new TestFolder();
        var asked = 0;
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, pawl: o => o.Events.OnRefreshing = _ =>
            {
                asked++;
                return Task.CompletedTask;
            });
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        await MakeAdminAsync(app);
        await browser.RefreshAsync();
        Assert.Equal((200, 1), ((await browser.GetAsync("/admin")).Status, asked));

        await app.ChangeAsync(Ada, static (users, user) => users.RemoveFromRoleAsync(user, "admin"));
        await browser.RefreshAsync();
        Assert.Equal((403, 2), ((await browser.GetAsync("/admin")).Status, asked));
    }

    private static async Task MakeAdminAsync(TestApp app)
    {
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>().CreateAsync(new IdentityRole("admin"));
        await app.ChangeAsync(Ada, static (users, user) => users.AddToRoleAsync(user, "admin"));
    }
}
