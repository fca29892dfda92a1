using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The live session of a request, read from the store. If there is none, the error response is written here and the result is null.
/// </summary>
internal static class CurrentSession
{
    /// <summary>The session of the access token.</summary>
    public static async Task<Session?> FindAsync(HttpContext context)
    {
        var scheme = Service<PawlScheme>(context).Name;
        if (FindId(await context.AuthenticateAsync(scheme)) is { } id)
            return await FindAliveAsync(context, id);
        await context.ChallengeAsync(scheme);
        return null;
    }

    /// <summary>
    /// The session of the access token. Without a valid access token, it is the session of the refresh cookie, if a refresh would accept
    /// it now.
    /// </summary>
    public static async Task<Session?> FindByAnyTokenAsync(HttpContext context)
    {
        var found = await LookUpAsync(context, context.RequestAborted);
        if (found.Problem is { } problem)
            await problem.WriteAsync(context, found.Reason);
        else if (found.Session is null)
            await context.ChallengeAsync(Service<PawlScheme>(context).Name);
        return found.Session;
    }

    /// <summary>Does the same without a response. Returns the session, a problem, or neither if the request has no valid token.</summary>
    public static async Task<(Session? Session, Problem? Problem, SessionEndReason? Reason)> LookUpAsync(
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var scheme = Service<PawlScheme>(context).Name;
        if (FindId(await context.AuthenticateAsync(scheme)) is { } id)
            return await LookUpAsync(context, id, cancellationToken);
        var cookie = Service<TokenReader>(context).FindRefreshCookie(RequestTokens.TakeFrom(context));
        return cookie.HasValue && !RequestGuard.NamesNoSession(context.Request)
            ? await LookUpByRefreshTokenAsync(context, cookie.ToString(), cancellationToken)
            : default;
    }

    private static SessionId? FindId(AuthenticateResult result) => result.Succeeded ? result.Principal.FindSessionId() : null;

    private static async Task<Session?> FindAliveAsync(HttpContext context, SessionId id)
    {
        var found = await LookUpAsync(context, id, context.RequestAborted);
        if (found.Problem is { } problem)
            await problem.WriteAsync(context, found.Reason);
        return found.Session;
    }

    private static async Task<(Session? Session, Problem? Problem, SessionEndReason? Reason)> LookUpAsync(
        HttpContext context,
        SessionId id,
        CancellationToken cancellationToken
    )
    {
        var sessions = Service<StoredSessions>(context);
        // If there is none, the next refresh tells the client why.
        if (await sessions.FindAsync(id, cancellationToken) is not { } session)
            return (null, Problem.AccessTokenInvalid, null);
        return sessions.FindEnd(session) is { } reason ? (null, Problem.SessionEnded, reason) : (session, null, null);
    }

    // The lineage rule decides here as at a refresh, because a spent token must not act for its user.
    private static async Task<(Session? Session, Problem? Problem, SessionEndReason? Reason)> LookUpByRefreshTokenAsync(
        HttpContext context,
        string text,
        CancellationToken cancellationToken
    )
    {
        var (verifier, clock) = (Service<RefreshTokenVerifier>(context), Service<TimeProvider>(context));
        var (now, arrivedAt) = (clock.GetUtcNow(), RequestArrival.Of(context, clock));
        var options = Service<IOptionsMonitor<PawlOptions>>(context).Get(Service<PawlScheme>(context).Name);
        if (
            await Service<TokenReader>(context).ReadRefreshAsync(text, cancellationToken) is not { } token
            || await verifier.DecideAsync(token, now, arrivedAt, options.Policy, null, options.DeviceBindingRule, cancellationToken)
                is not var (session, result)
            || session.Transport is SessionTransport.Body
        )
            return (null, Problem.RefreshTokenInvalid, null);
        if (result.Outcome is RotationOutcome.Unproven)
            return (null, session.DeviceKey is null ? Problem.ReauthenticationRequired : Problem.DeviceRefreshRequired, null);
        return result.Reason is { } reason ? (null, Problem.SessionEnded, reason) : (session, null, null);
    }

    private static T Service<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
