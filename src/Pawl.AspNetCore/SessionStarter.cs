using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Turns a sign-in into a session.</summary>
internal sealed class SessionStarter(
    ISessionStore store, SessionManager sessions, TokenIssuer issuer, PawlMetrics metrics, TimeProvider clock, ILogger<SessionStarter> logger)
{
    private int _warnedOfPlainHttp;

    /// <summary>
    /// Starts a session and ends the one that the browser had: a session that somebody planted there never becomes another's. Null if the user has as many as may be.
    /// </summary>
    public async Task<IssuedTokens?> StartAsync(HttpRequest request, ClaimsPrincipal principal, AuthenticationProperties? properties, SessionId? previous, PawlOptions options)
    {
        var now = clock.GetUtcNow();
        var ours = properties as PawlSignInProperties;
        var id = TokenIssuer.NewSessionId();
        var session = new Session
        {
            Id = id,
            Subject = PrincipalClaims.FindSubject(principal),
            Head = new SessionHead(0, TokenIssuer.NewTokenId()),
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + options.AbsoluteTimeout,
            Transport = ours?.Transport ?? SessionTransport.Cookie,
            // Without properties nobody has said that the session should end with the browser.
            IsPersistent = properties?.IsPersistent ?? true,
            Device = SessionText.ToDevice(ours?.Device ?? request.Headers.UserAgent.ToString()),
            Claims = PrincipalClaims.ToJson(principal, options, now, ours?.AuthenticationMethods ?? PrincipalClaims.FindMethods(principal)),
            SecurityStamp = PrincipalClaims.FindSecurityStamp(principal),
        };
        // Made before anything is stored: a token that is too large is then nobody's session.
        var tokens = issuer.Issue(session, RefreshToken.First(id, session.Head, TokenIssuer.NewTokenId(), now), now, options);
        await store.CreateAsync(session, CancellationToken.None);
        if (options.SessionLimit is { } limit && !await KeepLimitAsync(session, previous, limit, options.SessionLimitBehavior))
            return null;
        if (previous is { } replaced)
            await sessions.EndAsync(replaced, SessionEndReason.Replaced, CancellationToken.None);
        if (!request.IsHttps && Interlocked.Exchange(ref _warnedOfPlainHttp, 1) == 0)
            logger.PlainHttp();
        metrics.SessionStarted();
        logger.SessionStarted(id);
        return tokens;
    }

    // Counted once the session is among them, so that of several sign-ins at once each sees those before it. Where new ones are refused, several at once may all be.
    private async Task<bool> KeepLimitAsync(Session session, SessionId? previous, int limit, SessionLimitBehavior behavior)
    {
        var others = (await sessions.ListAsync(session.Subject)).Where(s => s.Id != session.Id && s.Id != previous).ToList();
        if (behavior is SessionLimitBehavior.RefuseNew && others.Count >= limit)
        {
            await sessions.EndAsync(session.Id, SessionEndReason.Revoked);
            return false;
        }
        foreach (var oldest in others.Skip(limit - 1))
            await sessions.EndAsync(oldest.Id, SessionEndReason.Revoked);
        return true;
    }

    /// <summary>Gives a live session other claims, as after a profile was changed; null if it is not alive, or another user's.</summary>
    public async Task<IssuedTokens?> ReissueAsync(ClaimsPrincipal principal, SessionId id, PawlOptions options)
    {
        var now = clock.GetUtcNow();
        if (await store.FindAsync(id, CancellationToken.None) is not { End: null } session || session.ExpiresAt <= now || session.Subject != PrincipalClaims.FindSubject(principal))
            return null;
        session = session with
        {
            Claims = PrincipalClaims.Replace(session.Claims, principal, options, keepsSignIn: true),
            SecurityStamp = PrincipalClaims.FindSecurityStamp(principal) ?? session.SecurityStamp,
        };
        // Made before anything is stored, as at the start.
        var tokens = issuer.Issue(session, null, now, options);
        return await store.UpdateAsync(id, session.Claims, session.SecurityStamp, CancellationToken.None) ? tokens : null;
    }
}
