using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>
/// Requires a DPoP proof with a nonce, so that it was made in the last minutes, whatever clocks say. A proof that was made in advance by a
/// thief who had the key for a moment is refused.
/// </summary>
internal sealed class DpopNonceRequirement : AuthorizationHandler<DpopNonceRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, DpopNonceRequirement requirement)
    {
        if (context.Resource is not HttpContext http)
            return Task.CompletedTask;
        // The user may come from another scheme than the proof.
        if (
            http.Features.Get<CheckedProof>() is not { Fault: null } proof
            || context.User.FindSessionId() is not { } session
            || session != proof.SessionId
        )
        {
            new AuthorizationRefusal(Problem.DeviceBindingRequired).LeaveWith(http);
            return Task.CompletedTask;
        }
        // Also with the response, so that the next request needs no second one.
        proof.Nonces.Give(http.Response, (http.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow());
        if (proof.HasNonce)
            context.Succeed(requirement);
        else
            new AuthorizationRefusal(Problem.UseDpopNonce).LeaveWith(http);
        return Task.CompletedTask;
    }
}
