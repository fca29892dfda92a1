using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pawl.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Pawl to an app's health checks.</summary>
public static class PawlHealthChecksBuilderExtensions
{
    // Common probes time out after this.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds a check of the session store and of the feed of endings. It is unhealthy while the store accepts no writes. It is degraded
    /// while this node does not receive session endings from other nodes. Such a node still serves requests, but it accepts access tokens
    /// of those sessions until they expire, except on endpoints with <c>RequireLiveSession</c>.
    /// </summary>
    /// <param name="builder">The result of <c>AddHealthChecks</c>.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="tags">Tags that select the check, such as <c>ready</c>.</param>
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
        return builder.AddCheck<PawlHealth>(name, HealthStatus.Unhealthy, tags ?? [], Timeout);
    }
}
