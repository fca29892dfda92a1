using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// Sign-ins at an OpenID Connect provider on another site, with <c>AddOpenIdConnect</c>'s defaults and by redirect, directly and by way of
/// a cookie for external sign-ins, as ASP.NET Core Identity does it.
/// </summary>
public sealed class ExternalSignIn(World world) : BrowserTest(world)
{
    private const string ExternalCookie = "external";

    // AddOpenIdConnect has the provider post an id_token by default.
    private static readonly (string Scheme, bool IsQuery, bool IsIndirect)[] Ways =
    [
        ("posts", false, false),
        ("posts-indirect", false, true),
        ("redirects", true, false),
        ("redirects-indirect", true, true),
    ];

    [Requirement("XS-05")]
    [Theory]
    [InlineData(Browser.Chromium, SameSiteMode.Strict)]
    [InlineData(Browser.Chromium, SameSiteMode.Lax)]
    [InlineData(Browser.Firefox, SameSiteMode.Strict)]
    public async Task The_first_page_after_a_sign_in_knows_the_user(Browser browser, SameSiteMode sameSite)
    {
        var address = new Uri($"http://localhost:{Ports.FindFree()}");
        using var provider = await Provider.StartAsync(Ways.Select(way => new Uri(address, $"/signin-{way.Scheme}")));
        using var folder = new TemporaryFolder();
        await using var app = await StartAsync(address, provider, sameSite, folder);
        foreach (var (scheme, _, _) in Ways)
        {
            // The provider, too, sees a new browser each time.
            await using var context = await (await World.BrowserAsync(browser)).NewContextAsync();
            var page = await context.NewPageAsync();
            await page.GotoAsync(address.ToString());
            await page.ClickAsync($"#{scheme}");
            await page.ClickAsync("button");

            await page.WaitForURLAsync(new Uri(address, "/me").ToString());

            Assert.Equal($"{scheme}: ada", $"{scheme}: {await page.TextContentAsync("body")}");
            await page.ReloadAsync();
            Assert.Equal("ada", await page.TextContentAsync("body"));
            // The page between does not stand in the history, where it would lead forward again. (The driver does not see Firefox go back.)
            if (browser is Browser.Chromium)
            {
                await page.GoBackAsync();
                Assert.StartsWith(provider.Address.ToString(), page.Url, StringComparison.Ordinal);
            }
        }
    }

    private static async Task<WebApplication> StartAsync(Uri address, Provider provider, SameSiteMode sameSite, TemporaryFolder folder)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false", "--urls", address.ToString()],
                EnvironmentName = "Production",
            }
        );
        builder.Logging.ClearProviders();
        builder
            .Services.AddPawl(options =>
            {
                options.SameSite = sameSite;
                options.KeyEncryptionKey = new byte[32];
            })
            .AddSqliteStore($"Data Source={Path.Combine(folder.FullName, "sessions.db")}");
        var authentication = builder.Services.AddAuthentication().AddCookie(ExternalCookie);
        foreach (var (scheme, isQuery, isIndirect) in Ways)
        {
            authentication.AddOpenIdConnect(scheme, options =>
            {
                (options.Authority, options.RequireHttpsMetadata) = (provider.Address.ToString().TrimEnd('/'), false);
                (options.ClientId, options.ClientSecret) = ("app", "the secret of the app");
                options.CallbackPath = $"/signin-{scheme}";
                if (isQuery)
                    (options.ResponseType, options.ResponseMode) = ("code", "query");
                if (isIndirect)
                    options.SignInScheme = ExternalCookie;
            });
        }
        var app = builder.Build();
        app.MapPawl();
        Map(app);
        await app.StartAsync();
        return app;
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/", static () =>
            Results.Content(
                "<!doctype html><title>App</title>"
                    + string.Concat(Ways.Select(static way => $"<a id={way.Scheme} href=/external/{way.Scheme}>{way.Scheme}</a> ")),
                "text/html"
            )
        );
        app.MapGet("/external/{scheme}", static (string scheme) =>
            Results.Challenge(
                new AuthenticationProperties
                {
                    RedirectUri = scheme.EndsWith("-indirect", StringComparison.Ordinal) ? "/signin-done" : "/me",
                },
                [scheme]
            )
        );
        app.MapGet("/signin-done", static async (HttpContext context) =>
        {
            var external = await context.AuthenticateAsync(ExternalCookie);
            await context.SignOutAsync(ExternalCookie);
            Claim user = new(ClaimTypes.NameIdentifier, external.Principal!.FindFirstValue(ClaimTypes.NameIdentifier)!);
            return Results.SignIn(
                new ClaimsPrincipal(new ClaimsIdentity([user], "external")),
                new AuthenticationProperties { RedirectUri = "/me" }
            );
        });
        app.MapGet("/me", static (ClaimsPrincipal me) =>
                Results.Content($"<!doctype html><title>Me</title><body>{me.FindFirstValue(ClaimTypes.NameIdentifier)}</body>", "text/html")
            )
            .RequireAuthorization();
    }
}
