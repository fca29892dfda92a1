using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Runs before the app's own pipeline. It logs at start if the authentication middleware is missing, lets pages of other origins read
/// problems, and completes an external sign-in in the browser.
/// </summary>
internal sealed class PipelineFilter(CorsHeaders cors, InterstitialPage interstitial, TimeProvider clock, ILogger<PipelineFilter> logger)
    : IStartupFilter
{
    // UseAuthentication sets this property of the pipeline that it is added to. WebApplication reads it, too.
    private const string AuthenticationMiddleware = "__AuthenticationMiddlewareSet";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, run) =>
                {
                    RequestArrival.Note(context, clock);
                    return run(context);
                }
            );
            app.Use(cors.RunAsync);
            app.Use(interstitial.RunAsync);
            next(app);
            if (!app.Properties.ContainsKey(AuthenticationMiddleware))
                logger.MiddlewareMissing();
        };
}
