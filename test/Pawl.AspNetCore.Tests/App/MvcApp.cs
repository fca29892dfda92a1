using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// An app of controllers without script, with antiforgery forms, TempData, pages for errors, output caching and compression. Its
/// pipeline is in the order of the framework's template.
/// </summary>
internal static class MvcApp
{
    public static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null, bool kestrel = false) =>
        TestApp.StartAsync(
            options =>
            {
                (options.LoginPath, options.AccessDeniedPath) = ("/account/login", "/account/denied");
                options.RefreshOnRequest = RefreshOnRequest.Always;
                pawl?.Invoke(options);
            },
            static services =>
            {
                services
                    .AddControllersWithViews(static mvc => mvc.Filters.Add(new AutoValidateAntiforgeryTokenAttribute()))
                    .ConfigureApplicationPartManager(static parts => parts.ApplicationParts.Add(new AssemblyPart(typeof(MvcApp).Assembly)));
                services.AddOutputCache(static caching => caching.AddPolicy("per user", new PerUser()));
                services.AddResponseCompression(static o => o.EnableForHttps = true);
            },
            static app =>
            {
                app.UseExceptionHandler("/errors/500");
                app.UseStatusCodePagesWithReExecute("/errors/{0}");
                app.UseResponseCompression();
                app.UseRouting();
                app.UseAuthorization();
                app.UseOutputCache();
                app.MapControllers();
            },
            kestrel: kestrel,
            mapPawl: static _ => { }
        );

    // As a careless app would write it: responses for signed-in users are cached, too, by the user's name.
    private sealed class PerUser : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage) = (true, true, true);
            context.ResponseExpirationTimeSpan = TimeSpan.FromHours(1);
            context.CacheVaryByRules.VaryByValues["user"] = context.HttpContext.User.Identity?.Name ?? "";
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}

/// <summary>The pages. Each shows its form with an antiforgery token, as the form tag helper does.</summary>
public sealed class GuestbookController(IAntiforgery antiforgery) : Controller
{
    private static int s_renderings;

    [HttpGet("/account/login")]
    public ContentResult Login(string? returnUrl) =>
        Page($"<h1>Log in</h1>{Form("/account/login", $"<input name=\"returnUrl\" value=\"{returnUrl}\"><input name=\"name\">")}");

    [HttpPost("/account/login")]
    public async Task<IActionResult> LoginAsync(string name, string? returnUrl)
    {
        await HttpContext.SignInAsync(
            new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, $"id of {name}"), new(ClaimTypes.Name, name)], "form"))
        );
        return Url.IsLocalUrl(returnUrl) ? LocalRedirect(returnUrl) : Redirect("/");
    }

    [HttpPost("/account/logout")]
    public async Task<IActionResult> LogoutAsync()
    {
        await HttpContext.SignOutAsync();
        return Redirect("/");
    }

    [HttpGet("/account/denied")]
    public ContentResult Denied() => Page("<h1>Denied</h1>");

    [HttpGet("/")]
    public ContentResult Index() =>
        Page($"<h1>Welcome</h1><p>{Me}</p>{Form("/account/login", "<input name=\"name\">")}{Form("/account/logout", "")}");

    [Authorize, HttpGet("/entries/new")]
    public ContentResult New() => Page($"<p>{Me}</p><p>note: {TempData["note"]}</p>{Form("/entries", "<input name=\"text\">")}");

    [Authorize, HttpPost("/entries")]
    public IActionResult Create(string text)
    {
        TempData["note"] = $"{Me} wrote {text}";
        return Redirect("/entries/new");
    }

    [Authorize(Roles = "keeper"), HttpGet("/keeper")]
    public ContentResult Keeper() => Page("<h1>Keeper</h1>");

    [HttpGet("/shared"), OutputCache(Duration = 3600)]
    public ContentResult Shared() => Page($"<p>{Me}, rendering {Interlocked.Increment(ref s_renderings)}</p>");

    [Authorize, HttpGet("/own"), OutputCache(PolicyName = "per user")]
    public ContentResult Own() => Page($"<p>{Me}, rendering {Interlocked.Increment(ref s_renderings)}</p>");

    [Authorize, HttpGet("/part")]
    public ContentResult Part() => Content($"<li>{Me}</li>", "text/html");

    [Authorize, HttpGet("/fails")]
    public ContentResult Fails() => throw new InvalidOperationException($"The page of {Me} fails.");

    [Authorize, HttpGet("/missing")]
    public NotFoundResult Missing() => NotFound();

    [Route("/errors/{code:int}"), IgnoreAntiforgeryToken]
    public ContentResult Error(int code) => Page($"<h1>Error {code}</h1><p>{Me}</p>");

    private string Me => User.Identity?.Name ?? "a visitor";

    private string Form(string action, string fields)
    {
        var token = antiforgery.GetAndStoreTokens(HttpContext);
        return $"<form method=\"post\" action=\"{action}\">{fields}"
            + $"<input type=\"hidden\" name=\"{token.FormFieldName}\" value=\"{token.RequestToken}\"></form>";
    }

    private ContentResult Page(string body) => Content($"<!doctype html><title>Guestbook</title>{body}", "text/html");
}
