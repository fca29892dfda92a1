using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pawl.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Pawl to an app's health checks.</summary>
public static class PawlHealthChecksBuilderExtensions
{
    // A probe waits for no longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds a check that is unhealthy while the session store takes no writes, and degraded while this node does not learn which sessions
    /// other nodes have ended: it serves on, but honours access tokens of such sessions until they expire, except where
    /// <c>RequireLiveSession</c> asks the store.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks</c> returns.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="tags">For choosing it, such as <c>ready</c>.</param>
    /// <example>
    /// <code>
    /// builder.Services.AddHealthChecks().AddPawl();
    /// app.MapHealthChecks("/health");
    /// </code>
    /// </example>
    public static IHealthChecksBuilder AddPawl(this IHealthChecksBuilder builder, string name = "pawl", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHostedService<HealthSetupCheck>();
        // One instance for all checks: it remembers when it last asked the store.
        builder.Services.TryAddSingleton<PawlHealth>();
        return builder.AddCheck<PawlHealth>(name, HealthStatus.Unhealthy, tags ?? [], Patience);
    }
}
