using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/verify</c>: tells a gateway whether a request that it has received may pass, and whose it is (nginx <c>auth_request</c>,
/// Caddy <c>forward_auth</c>, Traefik ForwardAuth). The headers say no more to a browser than <c>GET /auth/session</c>, so no secret
/// protects the endpoint.
/// </summary>
internal static class VerifyEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlVerify", "For a gateway: whether a request may pass, and whose it is")
            .Takes(static (string? live, string? refused) => { })
            .Returns(
                StatusCodes.Status200OK,
                "The request may pass. The headers Pawl-User, Pawl-Sid, Pawl-Name and Pawl-Roles say whose it is."
            )
            .Refuses(
                Problem.InvalidRequest,
                Problem.AuthenticationRequired,
                Problem.AccessTokenExpired,
                Problem.AccessTokenInvalid,
                Problem.SessionEnded,
                Problem.RefreshTokenInvalid,
                Problem.CsrfRejected,
                Problem.RateLimited
            );

    public static async Task HandleAsync(HttpContext context)
    {
        var (request, options) = (context.Request, PawlEndpoint.Options(context));
        if (!TryReadFlag(request, "live", out var isLive) || !TryReadFlag(request, "refused", out var isRefused))
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }
        var scheme = PawlEndpoint.Scheme(context);
        var wayBack = new AuthenticationProperties { RedirectUri = GatewayRequest.FindUri(request) };
        var result = await context.AuthenticateAsync(scheme);
        if (result.Failure is StoreUnavailableException fault)
            throw fault;
        if (!result.Succeeded || TokenClaims.FindSession(result.Principal, options.Issuer) is not { } sid)
        {
            await context.ChallengeAsync(scheme, wayBack);
            return;
        }
        // The gateway would keep the new cookies for itself, so the browser comes again with them. It repeats a POST, too.
        if (PendingCookies.AreIn(context))
        {
            if (wayBack.RedirectUri is { } uri)
                Repeat(context.Response, uri);
            else
                await Problem.AccessTokenExpired.WriteAsync(context);
            return;
        }
        if ((isLive || isRefused) && await FindRefusalAsync(context) is { } refusal)
        {
            refusal.LeaveWith(context);
            await context.ForbidAsync(scheme, wayBack);
            return;
        }
        // The gateway has already turned the request away. A success would look like the response of the upstream. The client tries again.
        if (isRefused)
            await Problem.StoreUnavailable.WriteAsync(context);
        else
            WriteIdentity(context.Response, result.Principal, sid);
    }

    private static async Task<AuthorizationRefusal?> FindRefusalAsync(HttpContext context)
    {
        var found = await CurrentSession.LookUpAsync(context, context.RequestAborted);
        return found.Session is null ? new(found.Problem ?? Problem.AccessTokenInvalid, found.Reason) : null;
    }

    private static void Repeat(HttpResponse response, string uri)
    {
        response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        response.Headers.Location = uri;
    }

    // Every header is there, if need be empty: a gateway that copies only those that it finds would let the client's own pass.
    private static void WriteIdentity(HttpResponse response, ClaimsPrincipal user, string sid)
    {
        var headers = response.Headers;
        headers["Pawl-User"] = Encode(user.FindFirst(ClaimTypes.NameIdentifier)!.Value);
        headers["Pawl-Sid"] = sid;
        headers["Pawl-Name"] = Encode(user.FindFirst(ClaimTypes.Name)?.Value ?? "");
        headers["Pawl-Roles"] = string.Join(
            ',',
            user.FindAll(ClaimTypes.Role).Where(static role => role.Value.Length > 0).Select(static role => Encode(role.Value))
        );
    }

    // Headers are ASCII. Neither a comma nor a line break of a value is left.
    private static string Encode(string value) => Uri.EscapeDataString(value);

    private static bool TryReadFlag(HttpRequest request, string name, out bool isSet)
    {
        var values = request.Query[name];
        isSet = values.Count > 0;
        return values is [] or ["" or "true"];
    }
}
