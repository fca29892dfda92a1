using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>
/// Requires that the session is bound to a key of the device, and that the key was proved recently. An access token of a native client has
/// a proof with each request; that of a browser says when the browser proved its key.
/// </summary>
/// <param name="maxAge">How long ago the proof may be; null for any time, since each refresh of a bound session has one.</param>
internal sealed class DeviceProofRequirement(TimeSpan? maxAge) : AuthorizationHandler<DeviceProofRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, DeviceProofRequirement requirement)
    {
        var http = context.Resource as HttpContext;
        if (Find(context.User, "cnf") is not null)
        {
            context.Succeed(requirement);
            return Task.CompletedTask;
        }
        if (!long.TryParse(Find(context.User, DeviceProofClaim.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
        {
            new AuthorizationRefusal(Problem.DeviceBindingRequired).LeaveWith(http);
            return Task.CompletedTask;
        }
        var now = (http?.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
        if (maxAge is null || now - DateTimeOffset.FromUnixTimeSeconds(at) <= maxAge)
            context.Succeed(requirement);
        else
            new AuthorizationRefusal(Problem.FreshDeviceProofRequired).LeaveWith(http);
        return Task.CompletedTask;
    }

    // Other schemes accept tokens that name a key, and ask for no proof by it.
    private static string? Find(ClaimsPrincipal user, string type) =>
        user.FindFirst(claim => claim.Type == type && TokenClaims.IsOfToken(claim))?.Value;
}
