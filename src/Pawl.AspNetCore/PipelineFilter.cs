using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Stands before everything in the app's pipeline: says at start where the authentication middleware is missing, and opens problems to pages of other origins.</summary>
internal sealed class PipelineFilter(CorsHeaders cors, ILogger<PipelineFilter> logger) : IStartupFilter
{
    // What UseAuthentication leaves in the properties of the pipeline that it is added to; WebApplication goes by it, too.
    private const string AuthenticationMiddleware = "__AuthenticationMiddlewareSet";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(cors.RunAsync);
        next(app);
        if (!app.Properties.ContainsKey(AuthenticationMiddleware))
            logger.MiddlewareMissing();
    };
}
