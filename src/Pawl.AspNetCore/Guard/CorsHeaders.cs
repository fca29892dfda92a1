using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Lets pages of other origins read a problem. <c>WebApplication</c> authenticates before the app's own middleware runs, so a refused
/// request does not reach the CORS middleware. Without the headers, script sees a network failure and cannot tell that a session has
/// ended. The app's CORS policy decides here, too.
/// </summary>
internal sealed class CorsHeaders(ILogger<CorsHeaders> logger)
{
    // The headers that tell a client what to do, except those that CORS exposes by default.
    private static readonly string[] Exposed = [PawlDefaults.ProblemHeader, "WWW-Authenticate", "Retry-After"];

    private int _warned;

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        // The callback that is registered first runs last, after that of the CORS middleware.
        if (context.Request.Headers.Origin.Count > 0)
            context.Response.OnStarting(() => ApplyAsync(context));
        return next(context);
    }

    private async Task ApplyAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (!headers.ContainsKey(PawlDefaults.ProblemHeader))
            return;
        if (StringValues.IsNullOrEmpty(headers.AccessControlAllowOrigin) && context.RequestServices.GetService<ICorsService>() is { } cors)
        {
            if (await FindPolicyAsync(context) is { } policy)
                cors.ApplyResult(cors.EvaluatePolicy(context, policy), context.Response);
            else if (
                context.Response.StatusCode is StatusCodes.Status401Unauthorized
                && HasToken(context)
                && !IsClosed(context)
                && Interlocked.Exchange(ref _warned, 1) == 0
            )
                logger.ProblemWithoutCors();
        }
        if (!StringValues.IsNullOrEmpty(headers.AccessControlAllowOrigin))
            headers.AccessControlExposeHeaders = string.Join(
                ", ",
                headers
                    .AccessControlExposeHeaders.SelectMany(static line => line!.Split(',', StringSplitOptions.TrimEntries))
                    .Union(Exposed, StringComparer.OrdinalIgnoreCase)
                    // Without it, the page of an app with a scheme of its own could never bind its session.
                    .Union(headers.ContainsKey(DpopProofs.NonceHeader) ? [DpopProofs.NonceHeader] : [], StringComparer.OrdinalIgnoreCase)
            );
    }

    // Only an app with sessions of its own reads cookies.
    private static bool HasToken(HttpContext context)
    {
        var ambiguous = false;
        return context.Features.Get<RequestTokens>() is { HasCookie: true }
            || RequestTokens.ReadBearer(context.Request.Headers.Authorization, out _, ref ambiguous).HasValue;
    }

    private static bool IsClosed(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() is IDisableCorsAttribute;

    // The policy of the endpoint, found as the CORS middleware finds it, or the default policy, which app.UseCors() uses.
    private static async Task<CorsPolicy?> FindPolicyAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>();
        if (metadata is IDisableCorsAttribute)
            return null;
        if (metadata is ICorsPolicyMetadata { Policy: var policy })
            return policy;
        return context.RequestServices.GetService<ICorsPolicyProvider>() is { } policies
            ? await policies.GetPolicyAsync(context, (metadata as IEnableCorsAttribute)?.PolicyName)
            : null;
    }
}
