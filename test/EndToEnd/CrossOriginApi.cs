using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pawl.AspNetCore;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// A page whose API is on another origin of its site. The app has written app.UseCors() and nothing else, so that authentication, which
/// WebApplication puts first, refuses requests before the CORS middleware is reached.
/// </summary>
public sealed class CrossOriginApi(World world) : BrowserTest(world)
{
    private const string Page = "/e2e/other-origin";

    private const string Start = """
        async (api) => {
          const { createSession } = await import(`${api}/auth/client/pawl.js`);
          window.session = createSession(`${api}/auth`);
          window.told = [];
          session.on('signedout', ({ reason }) => told.push(reason));
          await session.signIn(`${api}/login`, {});
        }
        """;

    private const string Fetch =
        "(url) => session.fetch(url).then((response) => `${response.status}`, (error) => error.code ?? `${error}`)";

    [Fact]
    public async Task The_client_learns_that_its_session_has_ended()
    {
        var address = new Uri($"http://localhost:{Ports.FindFree()}");
        await using var pages = await FaultProxy.StartAsync(address);
        pages.AddPage(Page, "<!doctype html><title>A page of another origin</title>");
        using var folder = new TemporaryFolder();
        await using var app = await StartAsync(address, pages.Origin.GetLeftPart(UriPartial.Authority), folder);
        await using var context = await (await World.BrowserAsync(Browser.Chromium)).NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(pages.Origin, Page).ToString());
        var api = address.GetLeftPart(UriPartial.Authority);
        await page.EvaluateAsync(Start, api);
        Assert.Equal("200", await page.EvaluateAsync<string>(Fetch, $"{api}/data"));

        var sessions = app.Services.GetRequiredService<SessionManager>();
        await sessions.EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("401", await page.EvaluateAsync<string>(Fetch, $"{api}/data"));
        Assert.Equal("signed-out", await page.EvaluateAsync<string>("() => session.state.status"));
        Assert.Equal(["revoked"], await page.EvaluateAsync<string[]>("() => told"));
        // Script of the page can read the problem itself, too, and its headers if there is no body.
        var refusal = await page.EvaluateAsync<string>(
            "(url) => fetch(url, { method: 'HEAD', credentials: 'include' })"
                + ".then((r) => `${r.status} ${r.headers.get('Pawl-Problem')} ${r.headers.get('WWW-Authenticate')}`, String)",
            $"{api}/data"
        );
        Assert.Equal("401 session_ended;reason=revoked Bearer error=\"invalid_token\"", refusal);
    }

    private static async Task<WebApplication> StartAsync(Uri address, string page, TemporaryFolder folder)
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
                options.TrustedOrigins.Add(page);
                options.KeyEncryptionKey = new byte[32];
            })
            .AddSqliteStore($"Data Source={Path.Combine(folder.FullName, "sessions.db")}");
        builder.Services.AddCors(cors =>
            cors.AddDefaultPolicy(policy => policy.WithOrigins(page).AllowCredentials().AllowAnyHeader().AllowAnyMethod())
        );
        var app = builder.Build();
        app.UseCors();
        app.MapPawl();
        app.MapPost("/login", static () =>
            Results.SignIn(
                new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity([new("sub", "ada")], "password")),
                new PawlSignInProperties { WriteJsonResponse = true }
            )
        );
        app.MapMethods("/data", ["GET", "HEAD"], static () => "data").RequireAuthorization();
        await app.StartAsync();
        return app;
    }
}
