using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Requires that the session is alive in the store, independent of the endings that have reached this node.</summary>
internal sealed class LiveSessionRequirement(StoreUnavailableBehavior whenUnavailable)
    : AuthorizationHandler<LiveSessionRequirement>,
        IAuthorizationRequirement
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, LiveSessionRequirement requirement)
    {
        if (context.Resource is not HttpContext http || context.User.FindSessionId() is not { } id)
            return;
        var sessions = http.RequestServices.GetRequiredService<StoredSessions>();
        try
        {
            var session = await sessions.FindAsync(id, http.RequestAborted);
            if (session is null)
                // The next refresh tells the client why.
                new AuthorizationRefusal(Problem.AccessTokenInvalid).LeaveWith(http);
            else if (sessions.FindEnd(session) is { } reason)
                new AuthorizationRefusal(Problem.SessionEnded, reason).LeaveWith(http);
            else
                context.Succeed(requirement);
        }
        catch (StoreUnavailableException e)
        {
            var logger = http.RequestServices.GetRequiredService<ILogger<LiveSessionRequirement>>();
            http.RequestServices.GetRequiredService<LogSampler>().StoreUnavailable(logger, e);
            if (whenUnavailable is StoreUnavailableBehavior.Accept)
                context.Succeed(requirement);
            else
                new AuthorizationRefusal(Problem.StoreUnavailable).LeaveWith(http);
        }
    }
}
