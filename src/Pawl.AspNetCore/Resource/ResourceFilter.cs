using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Pawl.AspNetCore;

/// <summary>Lets pages of other origins read the problems of this service, before the app's own pipeline.</summary>
internal sealed class ResourceFilter(CorsHeaders cors) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(cors.RunAsync);
            next(app);
        };
}
