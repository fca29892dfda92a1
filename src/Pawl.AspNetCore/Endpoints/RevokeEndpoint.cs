using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary><c>POST /auth/revoke</c> (RFC 7009): ends the session of a token. To hold the token is to be allowed to; an unknown one is answered alike.</summary>
internal static class RevokeEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        if (await FormBody.ReadTokenAsync(context) is not { } text)
            return;
        var keys = PawlEndpoint.Service<Keys>(context);
        var ring = keys.Ring;
        var session = FindSession(context, text, ring) ?? (await keys.IsOutdatedAsync(ring, context.RequestAborted) ? FindSession(context, text, keys.Ring) : null);
        if (session is { } id)
            await PawlEndpoint.Service<SessionManager>(context).SignOutAsync(id);
    }

    private static SessionId? FindSession(HttpContext context, string text, KeyRing ring)
    {
        if (RefreshTokenCodec.TryRead(text, ring, out var token))
            return token.SessionId;
        var rules = PawlEndpoint.Options(context).Rules;
        return AccessTokenValidator.Validate(text, ring, rules, PawlEndpoint.Service<TimeProvider>(context).GetUtcNow()).Token?.SessionId;
    }
}
