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
        var hasToken = tokens.Access.HasValue || tokens.RefreshCookie.HasValue;
        return hasToken && await keys.IsOutdatedAsync(ring, cancellationToken) ? Find() : null;

        SessionId? Find() => FindByCookies(tokens) ?? (tokens.Bearer.HasValue ? FindByAccessToken(tokens.Bearer) : null);
    }

    /// <summary>The session of the cookies.</summary>
    public SessionId? FindByCookies(RequestTokens tokens)
    {
        if (tokens.RefreshCookie.HasValue && RefreshTokenCodec.TryRead(tokens.RefreshCookie, keys.Ring, out var token))
            return token.SessionId;
        return tokens.AccessCookie.HasValue ? FindByAccessToken(tokens.AccessCookie) : null;
    }

    // Expired or not: it says whose it was, which is enough to sign it out.
    private SessionId? FindByAccessToken(StringSegment text) =>
        AccessTokenValidator.Validate(text, keys.Ring, options.Get(scheme.Name).Rules, clock.GetUtcNow()).Token?.SessionId;
}
