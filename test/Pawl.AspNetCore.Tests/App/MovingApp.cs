using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// An app that moves from cookie authentication to Pawl and back, by the lines of docs/moving-from-cookies.md. Its address stays, and
/// requests that have reached the old process are answered by it.
/// </summary>
internal sealed class MovingApp(TestFolder folder, TestClock clock) : IAsyncDisposable
{
    private readonly Router _router = new();
    private readonly List<WebApplication> _processes = [];

    public static void UseCookies(WebApplicationBuilder builder, string _) =>
        builder
            .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options => options.LoginPath = "/login");

    public static void UsePawl(WebApplicationBuilder builder, string sessions) =>
        builder
            .Services.AddPawl(CookieAuthenticationDefaults.AuthenticationScheme, options => options.LoginPath = "/login")
            .AddSqliteStore(sessions);

    public static void UsePawlWithExchange(WebApplicationBuilder builder, string sessions, DateTimeOffset until) =>
        builder
            .Services.AddPawl(CookieAuthenticationDefaults.AuthenticationScheme, options => options.LoginPath = "/login")
            .ExchangeCookieTickets(until)
            .AddSqliteStore(sessions);

    /// <summary>Starts the app as it is after a change of its code, and sends all new requests there.</summary>
    public async Task DeployAsync(Action<WebApplicationBuilder, string> change)
    {
        var builder = TestApp.NewBuilder();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IDataProtectionProvider>(folder.DataProtection);
        builder.Services.AddAuthorization();
        builder.Services.AddAntiforgery();
        change(builder, $"Data Source={folder.Database}");
        var app = builder.Build();
        app.MapGet("/login", static () => Results.Content("<form method=\"post\" action=\"/login\"></form>", "text/html"));
        app.MapPost("/login", static async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync();
            await context.SignInAsync(
                new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, form["name"].ToString())], "form")),
                new AuthenticationProperties { IsPersistent = true }
            );
            return Results.LocalRedirect("/page");
        });
        app.MapGet("/page", static (ClaimsPrincipal me) => me.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
        app.MapGet("/form", ShowForm).RequireAuthorization();
        app.MapPost("/form", CheckFormAsync).RequireAuthorization();
        await app.StartAsync();
        _processes.Add(app);
        _router.Target = new HttpMessageInvoker(app.GetTestServer().CreateHandler());
    }

    private static IResult ShowForm(HttpContext context, IAntiforgery antiforgery)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        return Results.Content(
            $"<form method=\"post\" action=\"/form\"><input name=\"{token.FormFieldName}\" value=\"{token.RequestToken}\"></form>",
            "text/html"
        );
    }

    private static async Task<string> CheckFormAsync(HttpContext context, IAntiforgery antiforgery) =>
        await antiforgery.IsRequestValidAsync(context) ? "accepted" : "refused";

    /// <summary>A visitor who signs in by the form.</summary>
    public async Task<PageVisitor> SignInAsync(string name)
    {
        var visitor = new PageVisitor(new Browser(new HttpClient(_router, disposeHandler: false), clock, new Uri(TestApp.Origin)));
        await visitor.OpenAsync("/page");
        await visitor.SignInAsync(name);
        return visitor;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _router.Dispose();
    }

    private sealed class Router : HttpMessageHandler
    {
        private volatile HttpMessageInvoker? _target;

        public HttpMessageInvoker Target
        {
            set => _target = value;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _target!.SendAsync(request, cancellationToken);
    }
}

internal static class MovingVisitors
{
    /// <summary>Fills in the login page, which is shown.</summary>
    public static async Task SignInAsync(this PageVisitor visitor, string name)
    {
        Assert.Equal("/login?ReturnUrl=%2Fpage", visitor.Address);
        await visitor.SubmitAsync("/login", ("name", name));
        Assert.Equal(name, visitor.Page.Body);
    }
}
