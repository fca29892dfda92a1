using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// An app on the framework's cookie authentication, with the Data Protection keys of a folder; and the same app after the change.
/// </summary>
internal sealed class CookieApp : IAsyncDisposable
{
    public const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
    public static readonly string Cookie = CookieAuthenticationDefaults.CookiePrefix + Scheme;

    private readonly WebApplication _app;
    private readonly TestClock _clock;

    private CookieApp(WebApplication app, TestClock clock) => (_app, _clock) = (app, clock);

    public static async Task<CookieApp> StartAsync(
        TestFolder folder,
        TestClock clock,
        Action<CookieAuthenticationOptions>? configure = null,
        string scheme = Scheme
    )
    {
        var builder = TestApp.NewBuilder();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IDataProtectionProvider>(folder.DataProtection);
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(scheme).AddCookie(scheme, configure ?? (static _ => { }));
        var app = builder.Build();
        app.MapPost("/enter", EnterAsync);
        app.MapGet("/me", static (ClaimsPrincipal me) => me.Identity!.Name).RequireAuthorization();
        await app.StartAsync();
        return new(app, clock);
    }

    /// <summary>A browser in which a user has signed in with a cookie ticket.</summary>
    public async Task<Browser> SignInAsync(string name, Login? login = null)
    {
        var browser = new Browser(new HttpClient(_app.GetTestServer().CreateHandler()), _clock, new Uri(TestApp.Origin));
        Assert.Equal(200, (await browser.PostAsync("/enter", (login ?? new Login(name)) with { Name = name })).Status);
        Assert.Equal(200, (await browser.MeAsync()).Status);
        return browser;
    }

    /// <summary>The same app on Pawl. It takes tickets for thirty days.</summary>
    public static Task<TestApp> ChangeAsync(
        TestFolder folder,
        TestClock clock,
        Action<CookieAuthenticationOptions>? configure = null,
        DateTimeOffset? until = null,
        Action<PawlOptions>? pawl = null,
        Action<WebApplication>? map = null,
        string scheme = Scheme
    ) =>
        TestApp.StartAsync(
            pawl,
            folder: folder,
            clock: clock,
            scheme: scheme,
            more: builder => builder.ExchangeCookieTickets(until ?? clock.GetUtcNow().AddDays(30), configure),
            map: app =>
            {
                app.MapPost("/enter", EnterAsync);
                map?.Invoke(app);
            }
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // What a cookie app does: a principal with a name, and the framework's own properties.
    private static Task EnterAsync(HttpContext context, Login login)
    {
        var user = login.ToPrincipal();
        ((ClaimsIdentity)user.Identity!).AddClaim(new Claim(ClaimTypes.Name, login.Name));
        var properties = new AuthenticationProperties { IsPersistent = login.Persistent, Items = { ["theme"] = "dark" } };
        properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = $"token-of-{login.Name}" }]);
        return context.SignInAsync(user, properties);
    }
}
