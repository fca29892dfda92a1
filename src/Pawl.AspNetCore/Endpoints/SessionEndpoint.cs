using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/session</c>: describes the caller. It never responds with 401, so that a page can call it without checks.
/// </summary>
internal static class SessionEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlSession", "The session of the request, if it has one").Returns<SessionResponse>();

    public static async Task HandleAsync(HttpContext context)
    {
        var result = await context.AuthenticateAsync(PawlEndpoint.Scheme(context));
        // The user is signed in, but the store does not answer.
        if (result.Failure is StoreUnavailableException fault)
            throw fault;
        // The principal of a cookie ticket belongs to no session yet.
        var body =
            result.Succeeded && TokenClaims.FindSession(result.Principal, PawlEndpoint.Options(context).Issuer) is not null
                ? Describe(result.Principal, PawlEndpoint.Service<TimeProvider>(context).GetUtcNow())
                : new SessionResponse { IsActive = false };
        PawlJson.Write(context.Response, body, PawlJson.Default.SessionResponse);
    }

    private static SessionResponse Describe(ClaimsPrincipal user, DateTimeOffset now) =>
        new()
        {
            IsActive = true,
            Subject = user.FindFirst(ClaimTypes.NameIdentifier)!.Value,
            SessionId = user.FindFirst("sid")!.Value,
            Name = user.FindFirst(ClaimTypes.Name)?.Value,
            ExpiresIn = Math.Max(0, Number(user, "exp") - now.ToUnixTimeSeconds()),
            AuthenticatedAt = Number(user, "auth_time"),
            AuthenticationMethods = [.. user.FindAll("amr").Select(static method => method.Value)],
            Roles = [.. user.FindAll(ClaimTypes.Role).Select(static role => role.Value)],
        };

    private static long Number(ClaimsPrincipal user, string type) => long.Parse(user.FindFirst(type)!.Value, CultureInfo.InvariantCulture);
}
