using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app whose clients have addresses, as browsers have, and which responds to its own exceptions.</summary>
internal static class AddressedApp
{
    // A test server has no addresses: a header carries them here. A page with a form has set its antiforgery cookie.
    public static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null, Action<IEndpointRouteBuilder>? map = null) =>
        TestApp.StartAsync(pawl, services: static services => services.AddTransient<IStartupFilter, Addresses>(), map: map);

    public static long CountSessions(this TestApp app) => app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions");

    public static long CountLiveSessions(this TestApp app) =>
        app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL");

    private sealed class Addresses : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    static (context, go) =>
                    {
                        if (context.Request.Headers.Cookie.Count == 0 && context.Request.Headers["X-Cookies"] != "none")
                            context.Request.Headers.Cookie = ".AspNetCore.Antiforgery=1";
                        var address = context.Request.Headers["X-Address"] is [{ } given] ? given : "192.0.2.1";
                        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
                        return go(context);
                    }
                );
                app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = static _ => Task.CompletedTask });
                next(app);
            };
    }
}
