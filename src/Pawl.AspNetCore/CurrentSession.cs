using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The session that a request is made in, by its access token or, when that has expired, by its refresh cookie.</summary>
internal static class CurrentSession
{
    public static async Task<Session?> FindAsync(HttpContext context)
    {
        var result = await context.AuthenticateAsync(PawlEndpoint.Scheme(context));
        var id = result.Succeeded && SessionId.TryParse(result.Principal.FindFirst("sid")?.Value, out var sid) ? sid : FindByRefreshCookie(context);
        return id is { } known ? await PawlEndpoint.Service<SessionManager>(context).FindAsync(known, context.RequestAborted) : null;
    }

    private static SessionId? FindByRefreshCookie(HttpContext context)
    {
        var cookie = RequestTokens.Of(context).RefreshCookie;
        return cookie.HasValue && RefreshTokenCodec.TryRead(cookie, PawlEndpoint.Service<Keys>(context).Ring, out var token) ? token.SessionId : null;
    }
}
