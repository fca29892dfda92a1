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
        Assert.Equal([PawlDefaults.AccessCookie, PawlDefaults.RefreshCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie,
            PawlDefaults.SignInCookie], login.SetCookies.Select(static c => c.Name));
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
        using var json = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes($$"""{"email":"{{Ada}}","password":"{{IdentityApp.Password}}"}""")) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
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
        Assert.Equal([PawlDefaults.AccessCookie, PawlDefaults.SessionCookie, PawlDefaults.FreshCookie], answer.SetCookies.Select(static c => c.Name));
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
        Assert.Equal(["iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "amr", "client_id"], AccessTokens.Claims(browser.AccessToken!).EnumerateObject().Select(static c => c.Name));
        Assert.Equal("""["pwd"]""", AccessTokens.Claims(browser.AccessToken!).GetProperty("amr").GetRawText());
    }

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Fact]
    public async Task A_user_who_is_deleted_locked_for_good_or_not_confirmed_is_out_at_the_next_refresh()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var changes = new Dictionary<string, Func<UserManager<IdentityUser>, IdentityUser, Task<IdentityResult>>>
        {
            ["deleted@example.com"] = static (users, user) => users.DeleteAsync(user),
            ["locked@example.com"] = static (users, user) => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue),
        };
        foreach (var (email, change) in changes)
        {
            var (laptop, phone) = (await app.RegisterAsync(email), app.NewBrowser());
            await laptop.LoginAsync(email);
            await phone.LoginAsync(email);
            Assert.Equal(200, (await laptop.RefreshAsync()).Status);
            await app.ChangeAsync(email, change);

            Assert.Equal("user_disabled", (await laptop.RefreshAsync()).Reason);
            Assert.Equal(401, (await laptop.GetAsync("/manage/info")).Status);
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal("user_disabled", (await phone.RefreshAsync()).Reason);
        }
    }

    [Requirement("PW-03")]
    [Fact]
    public async Task A_lock_out_that_anybody_can_cause_by_guessing_signs_no_device_out()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var browser = await app.RegisterAsync(Ada);
        await browser.LoginAsync(Ada);
        var guesser = app.NewBrowser();
        for (var i = 0; i < 6; i++)
            await guesser.LoginAsync(Ada, "guess");
        Assert.Equal("LockedOut", (await guesser.LoginAsync(Ada)).Text("detail"));
        Assert.Equal(200, (await browser.RefreshAsync()).Status);
    }

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Fact]
    public async Task A_changed_password_signs_the_other_devices_out_and_leaves_this_one()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var (laptop, phone) = (await app.RegisterAsync(Ada), app.NewBrowser());
        await laptop.LoginAsync(Ada);
        await phone.LoginAsync(Ada);

        Assert.Equal(200, (await laptop.PostAsync("/change-password?to=Another-horse-8")).Status);

        Assert.Equal("credentials_changed", (await phone.RefreshAsync()).Reason);
        Assert.Equal(401, (await phone.GetAsync("/manage/info")).Status);
        Assert.Equal(200, (await laptop.RefreshAsync()).Status);
        Assert.Equal(200, (await laptop.GetAsync("/manage/info")).Status);
    }

    [Requirement("RT-12", "SES-05", "ATTACK-21")]
    [Theory]
    [InlineData("password", "credentials_changed")]
    [InlineData("locked", "user_disabled")]
    [InlineData("deleted", "user_disabled")]
    public async Task A_sign_in_whose_password_or_user_changes_meanwhile_gets_no_tokens(string change, string reason)
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true);
        var browser = await app.RegisterAsync(Ada);
        var isChanged = false;
        app.Store.Before = async call =>
        {
            if (call != "Create" || isChanged)
                return;
            isChanged = true;
            await app.ChangeAsync(Ada, (users, user) => change switch
            {
                "password" => users.ChangePasswordAsync(user, IdentityApp.Password, "Another-horse-8"),
                "locked" => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue),
                _ => users.DeleteAsync(user),
            });
        };

        var answer = await browser.LoginAsync(Ada);

        Assert.True(isChanged);
        Assert.Equal((401, "session_ended", reason, 0), (answer.Status, answer.Code, answer.Reason, answer.SetCookies.Count));
        Assert.Equal(0, folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
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
