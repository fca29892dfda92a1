using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Requires that the session is alive in the store, independent of the endings that have reached this node. A service without a store asks
/// the server that has issued the token.
/// </summary>
internal sealed class LiveSessionRequirement(StoreUnavailableBehavior whenUnavailable)
    : AuthorizationHandler<LiveSessionRequirement>,
        IAuthorizationRequirement
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, LiveSessionRequirement requirement)
    {
        if (context.Resource is not HttpContext http || context.User.FindSessionId() is not { } id)
            return;
        try
        {
            if (await FindRefusalAsync(http, id) is { } refusal)
                refusal.LeaveWith(http);
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

    private static async Task<AuthorizationRefusal?> FindRefusalAsync(HttpContext http, SessionId id)
    {
        if (http.Features.Get<ILiveSessionCheck>() is { } check && check.SessionId == id)
            return await check.FindRefusalAsync(http.RequestAborted);
        var sessions = http.RequestServices.GetRequiredService<StoredSessions>();
        if (await sessions.FindAsync(id, http.RequestAborted) is not { } session)
            // The next refresh tells the client why.
            return new(Problem.AccessTokenInvalid);
        return sessions.FindEnd(session) is { } reason ? new(Problem.SessionEnded, reason) : null;
    }
}
