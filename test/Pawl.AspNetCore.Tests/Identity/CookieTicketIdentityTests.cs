using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app on ASP.NET Core Identity that used Identity's cookie. Its users are asked before a ticket is worth anything.</summary>
public sealed class CookieTicketIdentityTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_ticket_of_Identity_is_exchanged_and_the_session_follows_the_users_security_stamp()
    {
        var browser = await SignInAsync("ada@example.com");
        await using var app = await ChangeAsync();
        browser = browser.On(app);

        Assert.Equal("true", (await browser.OpenAsync("/is-signed-in")).Body);
        Assert.Null(browser.Cookies[IdentityCookie]);
        Assert.Equal(200, (await browser.RefreshAsync()).Status);

        await app.ChangeAsync("ada@example.com", static (users, user) => users.UpdateSecurityStampAsync(user));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("credentials_changed", (await browser.RefreshAsync()).Reason);
    }

    public static TheoryData<string> Changes => ["stamp", "deleted", "locked"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_ticket_is_ignored_if_its_user_has_another_stamp_or_may_not_sign_in(string change)
    {
        var browser = await SignInAsync("ada@example.com");
        await using var app = await ChangeAsync();
        await app.ChangeAsync("ada@example.com", (users, user) => Change(users, user, change));
        browser = browser.On(app);

        Assert.Equal("false", (await browser.GetAsync("/is-signed-in")).Body);
        Assert.Equal("false", (await browser.OpenAsync("/is-signed-in")).Body);
        Assert.Equal(401, (await browser.MeAsync()).Status);
        Assert.Empty(app.Logs.Exceptions);
    }

    [Fact]
    public async Task A_sign_out_of_Identity_ends_the_ticket()
    {
        var browser = await SignInAsync("ada@example.com");
        var copy = browser.Copy();
        await using var app = await ChangeAsync();

        Assert.Equal(200, (await browser.On(app).PostAsync("/leave")).Status);

        Assert.Null(browser.Cookies[IdentityCookie]);
        Assert.Equal("session_ended", (await copy.On(app).MeAsync()).Code);
    }

    private static string IdentityCookie => CookieAuthenticationDefaults.CookiePrefix + IdentityConstants.ApplicationScheme;

    private static Task<IdentityResult> Change(UserManager<IdentityUser> users, IdentityUser user, string change) =>
        change switch
        {
            "stamp" => users.UpdateSecurityStampAsync(user),
            "deleted" => users.DeleteAsync(user),
            _ => users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue),
        };

    private Task<TestApp> ChangeAsync() =>
        IdentityApp.StartAsync(_folder, asksUsers: true, clock: _clock, more: builder =>
            builder.ExchangeCookieTickets(_clock.GetUtcNow().AddDays(30))
        );

    // The app as it was: the cookie of Identity, on the same database of users.
    private async Task<Browser> SignInAsync(string email)
    {
        _folder.Secrets.Learn(IdentityApp.Password);
        var builder = TestApp.NewBuilder();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddSingleton<IDataProtectionProvider>(_folder.DataProtection);
        var users = Path.Combine(_folder.Path, "users.db");
        builder.Services.AddDbContext<UserDatabase>(o => o.UseSqlite($"Data Source={users};Pooling=False"));
        builder.Services.Configure<PasswordHasherOptions>(static o => o.IterationCount = 10);
        builder.Services.AddIdentityApiEndpoints<IdentityUser>().AddRoles<IdentityRole>().AddEntityFrameworkStores<UserDatabase>();
        await using var app = builder.Build();
        using (var scope = app.Services.CreateScope())
            await scope.ServiceProvider.GetRequiredService<UserDatabase>().Database.EnsureCreatedAsync();
        app.MapIdentityApi<IdentityUser>();
        await app.StartAsync();
        var browser = new Browser(new HttpClient(app.GetTestServer().CreateHandler()), _clock, new Uri(TestApp.Origin));
        Assert.Equal(200, (await browser.PostAsync("/register", new { email, password = IdentityApp.Password })).Status);
        Assert.Equal(200, (await browser.LoginAsync(email)).Status);
        Assert.NotNull(browser.Cookies[IdentityCookie]);
        return browser;
    }
}
