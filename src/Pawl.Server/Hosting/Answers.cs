using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace Pawl.Server;

/// <summary>The common parts of all responses: security headers, and one format for errors.</summary>
internal static class Answers
{
    private const string OneYear = "max-age=31536000";

    public static void AddAnswers(this IServiceCollection services)
    {
        services.AddExceptionHandler<UserStoreFaults>();
        services.ConfigureHttpJsonOptions(static json =>
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower
        );
    }

    public static void UseAnswers(this WebApplication app)
    {
        app.Use(
            static (context, next) =>
            {
                // Set last, because an error response starts with empty headers.
                context.Response.OnStarting(static state => SetHeaders((HttpContext)state), context);
                return next(context);
            }
        );
        app.UseExceptionHandler(static failed => failed.Run(static context => Problem.Failed.WriteAsync(context)));
        app.UseStatusCodePages(static page => Problem.OfStatus(page.HttpContext.Response.StatusCode).WriteAsync(page.HttpContext));
    }

    private static Task SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // API responses load no resources, so the strictest CSP applies.
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = OneYear;
        // No response is cached unless it says so.
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    /// <summary>The user database may fail like the session store: the client gets 503 and tries again, and no session ends.</summary>
    private sealed class UserStoreFaults(ILogger<UserStoreFaults> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is not (DbUpdateException or StoreUnavailableException) && UserFaults.Find(exception) is null)
                return false;
            logger.UsersUnavailable(exception);
            await Problem.StoreUnavailable.WriteAsync(httpContext);
            return true;
        }
    }
}
