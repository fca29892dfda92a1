using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app whose users sign in at an OpenID Connect provider, directly or by way of a cookie for external sign-ins.</summary>
internal static class ExternalApp
{
    public const string Callback = "/signin-oidc";
    private const string ExternalCookie = "external";

    /// <summary>The app.</summary>
    /// <param name="provider">Where users sign in.</param>
    /// <param name="sameSite">The sessions' cookies.</param>
    /// <param name="oidc">Changes the handler's defaults.</param>
    /// <param name="isIndirect">Whether the handler signs in to another cookie, from which a page of the app makes the session.</param>
    /// <param name="map">Endpoints of the test's own.</param>
    /// <param name="isFirst">Whether Pawl takes over a cookie scheme that was added before the handler.</param>
    public static Task<TestApp> StartAsync(
        FakeProvider provider,
        SameSiteMode sameSite = SameSiteMode.Strict,
        Action<OpenIdConnectOptions>? oidc = null,
        bool isIndirect = false,
        Action<WebApplication>? map = null,
        bool isFirst = false
    ) =>
        TestApp.StartAsync(
            options => options.SameSite = sameSite,
            services =>
            {
                var authentication = services.AddAuthentication();
                if (isFirst)
                    authentication.AddCookie(PawlDefaults.AuthenticationScheme);
                authentication
                    .AddCookie(ExternalCookie)
                    .AddOpenIdConnect(options =>
                    {
                        provider.Configure(options);
                        options.SignInScheme = isIndirect ? ExternalCookie : PawlDefaults.AuthenticationScheme;
                        oidc?.Invoke(options);
                    });
            },
            app =>
            {
                app.MapGet("/external", (string? to) =>
                    Results.Challenge(
                        new AuthenticationProperties { RedirectUri = to ?? (isIndirect ? "/external-done" : "/me") },
                        [OpenIdConnectDefaults.AuthenticationScheme]
                    )
                );
                app.MapGet("/external-done", async (HttpContext context) =>
                {
                    var external = await context.AuthenticateAsync(ExternalCookie);
                    await context.SignOutAsync(ExternalCookie);
                    var user = external.Principal!.FindFirstValue(ClaimTypes.NameIdentifier)!;
                    return Results.SignIn(new Login(user).ToPrincipal(), new AuthenticationProperties { RedirectUri = "/me" });
                });
                map?.Invoke(app);
            },
            // The framework checks the provider's tokens by the machine's clock.
            clock: new TestClock(DateTimeOffset.UtcNow)
        );

    /// <summary>Goes to the provider, and returns the authorization request that the app has made.</summary>
    public static async Task<string> LeaveAsync(this Browser browser, string to = "")
    {
        var answer = await browser.NavigateAsync(HttpMethod.Get, "/external" + to, TestApp.Origin);
        Assert.StartsWith(FakeProvider.Origin, answer["Location"], StringComparison.Ordinal);
        return answer["Location"]!;
    }

    /// <summary>Follows redirects, which belong to the navigation that another site has started, and the page that ends it.</summary>
    public static async Task<Answer> FollowAsync(this Browser browser, Answer answer)
    {
        for (var from = FakeProvider.Origin; answer["Location"] is not null || FindRefresh(answer) is not null; )
        {
            from = answer["Location"] is null ? TestApp.Origin : from;
            answer = await browser.NavigateAsync(HttpMethod.Get, answer["Location"] ?? FindRefresh(answer)!, from);
        }
        return answer;
    }

    private static string? FindRefresh(Answer answer) =>
        answer.Body.Split("content=\"0;url=") is [_, var rest] ? System.Net.WebUtility.HtmlDecode(rest.Split('"')[0]) : null;
}
