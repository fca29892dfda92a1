using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pawl.AspNetCore;

/// <summary>
/// Checks that this service knows which sessions have ended at its authorities. It asks none of them, so a public health endpoint costs
/// nothing.
/// </summary>
internal sealed class ResourceHealth(IEnumerable<TrustedAuthority> authorities) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var silent = authorities.Where(static a => !a.IsKnown).ToList();
        if (silent.Count == 0)
            return Task.FromResult(HealthCheckResult.Healthy());
        var sentence = string.Join(' ', silent.Select(Describe));
        return Task.FromResult(
            silent.Exists(static a => a.Refuses)
                ? new HealthCheckResult(context.Registration.FailureStatus, sentence)
                : HealthCheckResult.Degraded(sentence)
        );
    }

    private static string Describe(TrustedAuthority authority) =>
        $"{authority.Options.Authority} has not said which sessions have ended "
        + (authority.Age == TimeSpan.MaxValue ? "yet" : $"for {authority.Age.TotalSeconds:0} seconds")
        + (authority.Refuses ? "; requests with access tokens are refused." : "; access tokens are accepted until they expire.");
}
