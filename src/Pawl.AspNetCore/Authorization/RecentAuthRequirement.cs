using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>Requires a recent sign-in by the <c>auth_time</c> claim, which no refresh changes.</summary>
internal sealed class RecentAuthRequirement(TimeSpan maxAge) : AuthorizationHandler<RecentAuthRequirement>, IAuthorizationRequirement
{
    // The step-up challenge (RFC 9470, section 3) tells the client that a refresh would not help.
    private readonly AuthorizationRefusal _refusal = new(
        Problem.ReauthenticationRequired with
        {
            Challenge = string.Create(
                CultureInfo.InvariantCulture,
                $"{Problem.ReauthenticationRequired.Challenge}, max_age={(long)maxAge.TotalSeconds}"
            ),
        }
    );

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RecentAuthRequirement requirement)
    {
        var http = context.Resource as HttpContext;
        var now = (http?.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
        if (
            long.TryParse(context.User.FindFirst("auth_time")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && now - DateTimeOffset.FromUnixTimeSeconds(at) <= maxAge
        )
            context.Succeed(requirement);
        else
            _refusal.LeaveWith(http);
        return Task.CompletedTask;
    }
}
