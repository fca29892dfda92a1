using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>That the session lives by the store's own word, whatever has reached this node so far.</summary>
internal sealed class LiveSessionRequirement(StoreUnavailableBehavior whenUnavailable) : AuthorizationHandler<LiveSessionRequirement>, IAuthorizationRequirement
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, LiveSessionRequirement requirement)
    {
        if (context.Resource is not HttpContext http || !SessionId.TryParse(context.User.FindFirst("sid")?.Value, out var id))
            return;
        var sessions = http.RequestServices.GetRequiredService<SessionManager>();
        try
        {
            var session = await sessions.FindAsync(id, http.RequestAborted);
            if (session is not null && sessions.IsAlive(session))
                context.Succeed(requirement);
            else if (session?.End is { } end)
                new AuthorizationRefusal(Problem.SessionEnded, end.Reason).LeaveWith(http);
            else
                // Timed out, or unknown here: what it is the refresh will say.
                new AuthorizationRefusal(Problem.AccessTokenInvalid).LeaveWith(http);
        }
        catch (StoreUnavailableException e)
        {
            http.RequestServices.GetRequiredService<ILogger<LiveSessionRequirement>>().StoreUnavailable(e);
            if (whenUnavailable is StoreUnavailableBehavior.Accept)
                context.Succeed(requirement);
            else
                new AuthorizationRefusal(Problem.StoreUnavailable).LeaveWith(http);
        }
    }
}
