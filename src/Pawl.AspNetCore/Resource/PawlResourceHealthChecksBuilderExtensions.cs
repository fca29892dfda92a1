using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pawl.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the servers of a service to its health checks.</summary>
public static class PawlResourceHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of what this service knows about its servers. It is unhealthy while requests are refused because a server does not
    /// answer. It is degraded while access tokens are accepted without knowing which sessions have ended.
    /// </summary>
    /// <param name="builder">The result of <c>AddHealthChecks</c>.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="tags">Tags that select the check, such as <c>ready</c>.</param>
    /// <example>
    /// <code>
    /// builder.Services.AddHealthChecks().AddPawlResource();
    /// app.MapHealthChecks("/health");
    /// </code>
    /// </example>
    public static IHealthChecksBuilder AddPawlResource(
        this IHealthChecksBuilder builder,
        string name = "pawl_resource",
        IEnumerable<string>? tags = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<ResourceHealth>(name, HealthStatus.Unhealthy, tags ?? []);
    }
}
