using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>Why a requirement of ours was not met, for the answer: left with the request, since authorization itself can only say no.</summary>
internal sealed record AuthorizationRefusal(Problem Problem, SessionEndReason? Reason = null)
{
    public void LeaveWith(HttpContext? context) => context?.Features.Set(this);

    /// <summary>Answers a request that is refused; with 403 <c>forbidden</c> where the app's own requirements are why.</summary>
    public static Task WriteAsync(HttpContext context) => context.Features.Get<AuthorizationRefusal>() is { } refusal
        ? refusal.Problem.WriteAsync(context, refusal.Reason)
        : Problem.Forbidden.WriteAsync(context);
}
