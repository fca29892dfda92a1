using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>The session that a request's tokens belong to, by what they prove themselves: the store is not asked.</summary>
internal sealed class TokenSessions(Keys keys, IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock)
{
    /// <summary>The session of whatever token the request carries, in a cookie or as a bearer token; null if there is none.</summary>
    public async Task<SessionId?> FindAsync(RequestTokens tokens, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        if (Find() is { } session)
            return session;
        // Not to know the key of a token would be no reason to leave its session alive, if another node has just made it.
        var hasToken = tokens.Access.HasValue || tokens.HasCookie;
        return hasToken && await keys.IsOutdatedAsync(ring, cancellationToken) ? Find() : null;

        SessionId? Find() => FindByCookies(tokens) ?? (tokens.Bearer.HasValue ? FindByAccessToken(tokens.Bearer) : null);
    }

    /// <summary>Whether a session is an earlier one than the browser's, whose cookies were left over or came late.</summary>
    public bool IsLeftOver(RequestTokens tokens, SessionId session) => NewestSignIn.FindSession(tokens, keys.Ring) is { } newest && newest != session;

    /// <summary>Whether the access cookie is such a session's.</summary>
    public bool HasLeftOverAccess(RequestTokens tokens) =>
        NewestSignIn.FindSession(tokens, keys.Ring) is { } newest && FindByAccessToken(tokens.AccessCookie) is { } session && session != newest;

    /// <summary>The session of the cookies.</summary>
    public SessionId? FindByCookies(RequestTokens tokens)
    {
        if (NewestSignIn.FindSession(tokens, keys.Ring) is { } newest)
            return newest;
        if (tokens.RefreshCookie.HasValue && RefreshTokenCodec.TryRead(tokens.RefreshCookie, keys.Ring, out var token))
            return token.SessionId;
        return tokens.AccessCookie.HasValue ? FindByAccessToken(tokens.AccessCookie) : null;
    }

    // Expired or not: it says whose it was, which is enough to sign it out.
    private SessionId? FindByAccessToken(StringSegment text) =>
        AccessTokenValidator.Validate(text, keys.Ring, options.Get(scheme.Name).Rules, clock.GetUtcNow()).Token?.SessionId;
}
