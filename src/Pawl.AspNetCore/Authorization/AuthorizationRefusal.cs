using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Why a Pawl requirement was not met. The request keeps it for the response, because authorization itself only reports failure.
/// </summary>
internal sealed record AuthorizationRefusal(Problem Problem, SessionEndReason? Reason = null)
{
    public void LeaveWith(HttpContext? context) => context?.Features.Set(this);

    /// <summary>Why authorization failed: 403 <c>forbidden</c> if requirements of the app were not met.</summary>
    public static AuthorizationRefusal Find(HttpContext context) => context.Features.Get<AuthorizationRefusal>() ?? new(Problem.Forbidden);
}
