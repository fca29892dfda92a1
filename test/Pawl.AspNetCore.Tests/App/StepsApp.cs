using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app that signs in and out several times in one request, as the path says: <c>POST /steps/cookie-out</c>.</summary>
internal static class StepsApp
{
    private static ClaimsPrincipal User(string name) => new Login(name).ToPrincipal();

    public static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null) =>
        TestApp.StartAsync(
            options =>
            {
                options.Events.OnSessionStarting = static starting =>
                {
                    if (starting.Session.Subject == "mallory")
                        starting.Reject();
                    return Task.CompletedTask;
                };
                pawl?.Invoke(options);
            },
            services: static services => services.AddTransient<IStartupFilter, NativeClients>(),
            map: static app =>
            {
                app.MapPost("/steps/{steps}", static (HttpContext context, string steps) => TakeAsync(context, steps));
                app.MapPost("/native/{steps}", static async (HttpContext context, string steps) =>
                {
                    try
                    {
                        await TakeAsync(context, steps);
                    }
                    catch (InvalidOperationException e)
                    {
                        context.Response.Headers["X-Caught"] = e.Message;
                    }
                });
                app.MapPost("/uncaught/{steps}", static (HttpContext context, string steps) => TakeAsync(context, steps));
            }
        );

    private static async Task TakeAsync(HttpContext context, string steps)
    {
        context.Response.Headers["X-User"] = context.User.Identity?.Name ?? "nobody";
        foreach (var (number, step) in steps.Split('-').Index())
            await TakeAsync(context, step, $"step {number}");
    }

    private static Task TakeAsync(HttpContext context, string step, string device) =>
        step switch
        {
            "cookie" => context.SignInAsync(User("ada"), new PawlSignInProperties { Device = device }),
            "plain" => context.SignInAsync(User("ada")),
            "json" => context.SignInAsync(User("ada"), new PawlSignInProperties { WriteJsonResponse = true }),
            "bearer" => context.SignInAsync(User("ada"), new PawlSignInProperties { Transport = SessionTransport.Bearer }),
            "body" or "native" => context.SignInAsync(User("ada"), new PawlSignInProperties { Transport = SessionTransport.Body }),
            "rejected" => context.SignInAsync(User("mallory")),
            "own" => context.SignInAsync(context.User),
            "out" => context.SignOutAsync(),
            "bad" => FailAsync(context),
            _ => throw new InvalidOperationException("The app fails."),
        };

    // A call that the app gets wrong, and whose exception it catches.
    private static async Task FailAsync(HttpContext context) =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            context.SignInAsync(User("ada"), new AuthenticationProperties { RedirectUri = "//evil.example" })
        );

    // A client without the headers of a browser, and error pages as apps have them.
    private sealed class NativeClients : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    static (context, go) =>
                    {
                        if (context.Request.Headers.ContainsKey("X-Native"))
                        {
                            context.Request.Headers.Remove("Sec-Fetch-Site");
                            context.Request.Headers.Origin = default;
                        }
                        return go(context);
                    }
                );
                app.UseExceptionHandler(
                    new ExceptionHandlerOptions
                    {
                        ExceptionHandler = static context =>
                        {
                            if (context.Request.Headers.ContainsKey("X-Leads-On"))
                                context.Response.Redirect("/sorry");
                            return Task.CompletedTask;
                        },
                    }
                );
                next(app);
            };
    }
}
