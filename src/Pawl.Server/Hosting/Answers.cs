using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>What every answer has in common: headers that tell a browser to take nothing it was not given, and one look for everything that goes wrong.</summary>
internal static class Answers
{
    private const string OneYear = "max-age=31536000";

    private static readonly Problem Failed = new(500, "server_error", "The server has failed at this; it is in its log.");

    public static void AddAnswers(this IServiceCollection services)
    {
        services.AddExceptionHandler<UserStoreFaults>();
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
    }

    public static void UseAnswers(this WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            // At the last moment, since an error's answer starts from empty headers.
            context.Response.OnStarting(static state => SetHeaders((HttpContext)state), context);
            return next(context);
        });
        app.UseExceptionHandler(static failed => failed.Run(static context => Failed.WriteAsync(context)));
        app.UseStatusCodePages(static page => Describe(page.HttpContext.Response.StatusCode).WriteAsync(page.HttpContext));
    }

    private static Task SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // What is no page needs nothing.
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = OneYear;
        // Kept by nobody, unless it says otherwise.
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private static Problem Describe(int status) => status switch
    {
        404 => new(404, "not_found", "There is nothing here."),
        405 => Problem.MethodNotAllowed,
        _ => new(status, "refused", "The request was refused."),
    };

    /// <summary>The user database is where the sessions are: where it does not answer, the client tries again, and nobody is signed out by that.</summary>
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
