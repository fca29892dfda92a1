using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The live session that a request is made in, by the store's word. A request without one is answered here, and the result is null.
/// </summary>
internal static class CurrentSession
{
    /// <summary>The session of the access token.</summary>
    public static async Task<Session?> FindAsync(HttpContext context)
    {
        var scheme = PawlEndpoint.Scheme(context);
        if (FindId(await context.AuthenticateAsync(scheme)) is { } id)
            return await FindAliveAsync(context, id);
        await context.ChallengeAsync(scheme);
        return null;
    }

    /// <summary>
    /// The session of the access token; where there is no good one, that of the refresh cookie, if a refresh would accept it now.
    /// </summary>
    public static async Task<Session?> FindByAnyTokenAsync(HttpContext context)
    {
        var scheme = PawlEndpoint.Scheme(context);
        if (FindId(await context.AuthenticateAsync(scheme)) is { } id)
            return await FindAliveAsync(context, id);
        var cookie = PawlEndpoint.Service<TokenReader>(context).FindRefreshCookie(RequestTokens.Of(context));
        if (cookie.HasValue && !RequestGuard.NamesNoSession(context.Request))
            return await FindByRefreshTokenAsync(context, cookie.ToString());
        await context.ChallengeAsync(scheme);
        return null;
    }

    private static SessionId? FindId(AuthenticateResult result) =>
        result.Succeeded && SessionId.TryParse(result.Principal.FindFirst("sid")?.Value, out var id) ? id : null;

    private static async Task<Session?> FindAliveAsync(HttpContext context, SessionId id)
    {
        var sessions = PawlEndpoint.Service<SessionManager>(context);
        if (await sessions.FindAsync(id, context.RequestAborted) is not { } session)
            // The next refresh tells the client why.
            await Problem.AccessTokenInvalid.WriteAsync(context);
        else if (sessions.FindEnd(session) is { } reason)
            await Problem.SessionEnded.WriteAsync(context, reason);
        else
            return session;
        return null;
    }

    // The lineage rule decides here as it does at a refresh: a spent token must not act for its user.
    private static async Task<Session?> FindByRefreshTokenAsync(HttpContext context, string text)
    {
        var (verifier, clock) = (PawlEndpoint.Service<RefreshTokenVerifier>(context), PawlEndpoint.Service<TimeProvider>(context));
        var (now, begun) = (clock.GetUtcNow(), clock.GetTimestamp());
        var policy = PawlEndpoint.Options(context).Policy;
        if (await PawlEndpoint.Service<TokenReader>(context).ReadRefreshAsync(text, context.RequestAborted) is not { } token
            || await verifier.DecideAsync(token, now, begun, policy, context.RequestAborted) is not var (session, result)
            || session.Transport is SessionTransport.Body)
            await Problem.RefreshTokenInvalid.WriteAsync(context);
        else if (result.Reason is { } reason)
            await Problem.SessionEnded.WriteAsync(context, reason);
        else
            return session;
        return null;
    }
}
