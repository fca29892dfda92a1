using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>The options of the cookie scheme that Pawl replaces: paths hold, and those without effect are named at the start.</summary>
public sealed class CookieSettingsTests
{
    private const string Cookies = CookieAuthenticationDefaults.AuthenticationScheme;
    private const int Ignored = 28;

    public static TheoryData<string, Action<IServiceCollection>, string?> Paths =>
        new()
        {
            {
                "ConfigureApplicationCookie",
                static s =>
                    AddIdentity(s).ConfigureApplicationCookie(static o => (o.LoginPath, o.ReturnUrlParameter) = ("/sign-in", "next")),
                "/sign-in?next=%2Fme%3Fa%3Db"
            },
            { "AddIdentity alone", static s => AddIdentity(s), "/Account/Login?ReturnUrl=%2Fme%3Fa%3Db" },
            { "AddIdentityApiEndpoints alone", static s => s.AddIdentityApiEndpoints<IdentityUser>(), null },
            {
                "AddIdentityApiEndpoints with a login page",
                static s =>
                {
                    s.AddIdentityApiEndpoints<IdentityUser>();
                    s.ConfigureApplicationCookie(static o => o.LoginPath = "/sign-in");
                },
                "/sign-in?ReturnUrl=%2Fme%3Fa%3Db"
            },
            { "no cookie scheme", static s => s.AddAuthentication().AddCookie("Another", static o => o.LoginPath = "/another"), null },
        };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_login_page_is_that_of_the_cookie_scheme(string setUp, Action<IServiceCollection> services, string? expected)
    {
        await using var app = await TestApp.StartAsync(services: services, scheme: IdentityConstants.ApplicationScheme);
        var answer = await app.NewBrowser().NavigateAsync(HttpMethod.Get, "/me?a=b", TestApp.Origin);
        Assert.Equal((setUp, expected), (setUp, answer["Location"]));
        Assert.Equal(expected is null ? 401 : 302, answer.Status);
    }

    [Fact]
    public async Task The_page_for_a_user_who_may_not_is_that_of_the_cookie_scheme()
    {
        await using var app = await StartAsync(static o => o.AccessDeniedPath = "/no", SignInAnyone);
        var browser = app.NewBrowser();
        await browser.PostAsync("/enter");
        var answer = await browser.NavigateAsync(HttpMethod.Get, "/admin", TestApp.Origin);
        Assert.Equal((302, "/no?ReturnUrl=%2Fadmin"), (answer.Status, answer["Location"]));
    }

    [Fact]
    public async Task What_AddPawl_sets_overrides_the_cookie_scheme()
    {
        await using var app = await TestApp.StartAsync(
            static o => (o.LoginPath, o.AccessDeniedPath) = ("/ours", default),
            static s => s.AddAuthentication().AddCookie(static o => o.LoginPath = "/sign-in"),
            scheme: Cookies
        );
        var answer = await app.NewBrowser().NavigateAsync(HttpMethod.Get, "/me", TestApp.Origin);
        Assert.Equal("/ours?ReturnUrl=%2Fme", answer["Location"]);
    }

    public static TheoryData<string, Action<CookieAuthenticationOptions>> WithoutEffect =>
        new()
        {
            { "ExpireTimeSpan (set IdleTimeout)", static o => o.ExpireTimeSpan = TimeSpan.FromMinutes(20) },
            { "SlidingExpiration (set AbsoluteTimeout)", static o => o.SlidingExpiration = false },
            { "LogoutPath (redirect where you sign out)", static o => o.LogoutPath = "/bye" },
            { "SessionStore (Pawl's store)", static o => o.SessionStore = new NoTickets() },
            { "CookieManager", static o => o.CookieManager = new NoCookies() },
            { "TicketDataFormat", static o => o.TicketDataFormat = new NoFormat() },
            { "DataProtectionProvider", static o => o.DataProtectionProvider = new EphemeralDataProtectionProvider() },
            { "ClaimsIssuer", static o => o.ClaimsIssuer = "us" },
            { "Cookie.Name (set CookieName)", static o => o.Cookie.Name = "app" },
            { "Cookie.SameSite (set SameSite)", static o => o.Cookie.SameSite = SameSiteMode.None },
            { "Cookie.SecurePolicy", static o => o.Cookie.SecurePolicy = CookieSecurePolicy.None },
            { "Cookie.HttpOnly", static o => o.Cookie.HttpOnly = false },
            { "Cookie.IsEssential", static o => o.Cookie.IsEssential = false },
            { "Cookie.Domain", static o => o.Cookie.Domain = "example" },
            { "Cookie.Path", static o => o.Cookie.Path = "/shop" },
            { "Cookie.MaxAge (set IdleTimeout)", static o => o.Cookie.MaxAge = TimeSpan.FromDays(1) },
            { "Cookie.Extensions", static o => o.Cookie.Extensions.Add("Partitioned") },
            { "EventsType (use PawlEvents)", static o => o.EventsType = typeof(OwnEvents) },
            { "Events (use PawlEvents)", static o => o.Events = new OwnEvents() },
            {
                "Events.OnValidatePrincipal (use PawlEvents.OnRefreshing)",
                static o => o.Events.OnValidatePrincipal = static _ => Task.CompletedTask
            },
            { "Events.OnCheckSlidingExpiration", static o => o.Events.OnCheckSlidingExpiration = static _ => Task.CompletedTask },
            { "Events.OnSigningIn (use PawlEvents.OnSigningIn)", static o => o.Events.OnSigningIn = static _ => Task.CompletedTask },
            { "Events.OnSignedIn (use PawlEvents.OnSessionStarted)", static o => o.Events.OnSignedIn = static _ => Task.CompletedTask },
            { "Events.OnSigningOut (use PawlEvents.OnSessionEnded)", static o => o.Events.OnSigningOut = static _ => Task.CompletedTask },
            {
                "Events.OnRedirectToLogin (use PawlEvents.OnRedirectToLogin)",
                static o => o.Events.OnRedirectToLogin = static _ => Task.CompletedTask
            },
            {
                "Events.OnRedirectToAccessDenied (use PawlEvents.OnRedirectToAccessDenied)",
                static o => o.Events.OnRedirectToAccessDenied = static _ => Task.CompletedTask
            },
            { "Events.OnRedirectToLogout", static o => o.Events.OnRedirectToLogout = static _ => Task.CompletedTask },
            { "Events.OnRedirectToReturnUrl", static o => o.Events.OnRedirectToReturnUrl = static _ => Task.CompletedTask },
            { "ForwardChallenge (set it in AddPawl)", static o => o.ForwardChallenge = "Another" },
            { "ForwardDefaultSelector (set it in AddPawl)", static o => o.ForwardDefaultSelector = static _ => null },
        };

    [Theory]
    [MemberData(nameof(WithoutEffect))]
    public async Task A_setting_without_effect_is_named_at_the_start(string named, Action<CookieAuthenticationOptions> set)
    {
        await using var app = await StartAsync(set);
        var message = Assert.Single(app.Logs.OfPawl(Ignored)).Message;
        Assert.Contains($"have no effect: {named}. See", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_say_what_Pawl_does_are_not_named()
    {
        await using var app = await TestApp.StartAsync(
            static o => (o.IdleTimeout, o.SameSite) = (TimeSpan.FromHours(8), SameSiteMode.Strict),
            static s =>
                s.AddAuthentication()
                    .AddCookie(static o =>
                    {
                        (o.LoginPath, o.ExpireTimeSpan, o.Cookie.SameSite) = ("/login", TimeSpan.FromHours(8), SameSiteMode.Strict);
                        (o.Cookie.HttpOnly, o.Cookie.SecurePolicy, o.Cookie.Path) = (true, CookieSecurePolicy.Always, "/");
                    }),
            scheme: Cookies
        );
        Assert.Empty(app.Logs.OfPawl(Ignored));
    }

    [Fact]
    public async Task The_validation_of_security_stamps_is_named_if_Identity_is_asked_at_refreshes()
    {
        using var folder = new TestFolder();
        await using var app = await IdentityApp.StartAsync(folder, asksUsers: true, others: static s =>
            s.Configure<SecurityStampValidatorOptions>(static o =>
                (o.ValidationInterval, o.OnRefreshingPrincipal) = (TimeSpan.Zero, static _ => Task.CompletedTask)
            )
        );
        Assert.Contains(
            "SecurityStampValidatorOptions.OnRefreshingPrincipal (use PawlEvents.OnRefreshing), "
                + "SecurityStampValidatorOptions.ValidationInterval (set AccessTokenLifetime).",
            Assert.Single(app.Logs.OfPawl(Ignored)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_app_without_cookie_authentication_is_told_nothing()
    {
        await using var app = await TestApp.StartAsync(services: static s =>
            s.AddAuthentication().AddCookie("Another", static o => o.ExpireTimeSpan = TimeSpan.FromHours(1))
        );
        Assert.Empty(app.Logs.OfPawl(Ignored));
    }

    private static Task<TestApp> StartAsync(Action<CookieAuthenticationOptions> set, Action<WebApplication>? map = null) =>
        TestApp.StartAsync(services: services => services.AddAuthentication().AddCookie(set), scheme: Cookies, map: map);

    private static void SignInAnyone(WebApplication app) =>
        app.MapPost("/enter", static () => Results.SignIn(new Login("ada").ToPrincipal()));

    private static IServiceCollection AddIdentity(IServiceCollection services) =>
        services.AddIdentity<IdentityUser, IdentityRole>().Services;

    private sealed class OwnEvents : CookieAuthenticationEvents;

    private sealed class NoTickets : ITicketStore
    {
        public Task<string> StoreAsync(AuthenticationTicket ticket) => throw new NotSupportedException();

        public Task RenewAsync(string key, AuthenticationTicket ticket) => throw new NotSupportedException();

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => throw new NotSupportedException();

        public Task RemoveAsync(string key) => throw new NotSupportedException();
    }

    private sealed class NoCookies : ICookieManager
    {
        public string? GetRequestCookie(HttpContext context, string key) => throw new NotSupportedException();

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
            throw new NotSupportedException();

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) => throw new NotSupportedException();
    }

    private sealed class NoFormat : ISecureDataFormat<AuthenticationTicket>
    {
        public string Protect(AuthenticationTicket data) => throw new NotSupportedException();

        public string Protect(AuthenticationTicket data, string? purpose) => throw new NotSupportedException();

        public AuthenticationTicket? Unprotect(string? protectedText) => throw new NotSupportedException();

        public AuthenticationTicket? Unprotect(string? protectedText, string? purpose) => throw new NotSupportedException();
    }
}
