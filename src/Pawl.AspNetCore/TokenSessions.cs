using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>The session that a request's tokens belong to, by what they prove themselves: the store is not asked.</summary>
internal sealed class TokenSessions(Keys keys, IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock)
{
    /// <summary>
    /// The sessions that a sign-out ends: that of whatever token the request carries, in a cookie or as a bearer token. Where there are several and no telling which
    /// counts, it is all of them: a planted token is the planter's own, and the user's session must not outlive the sign-out.
    /// </summary>
    public async Task<IReadOnlyCollection<SessionId>> FindAllAsync(RequestTokens tokens, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        var found = FindAll(tokens);
        // Not to know the key of a token would be no reason to leave its session alive, if another node has just made it.
        var mayBeMore = tokens.Twins.Count > 0 || (found.Count == 0 && (tokens.HasCookie || tokens.Access.HasValue));
        return mayBeMore && await keys.IsOutdatedAsync(ring, cancellationToken) ? FindAll(tokens) : found;
    }

    /// <summary>
    /// Whether there is a credential twice, or two of them, and no telling which one counts. An access cookie that an earlier session has left over is none beside a
    /// bearer token.
    /// </summary>
    public bool IsAmbiguous(RequestTokens tokens) => tokens.IsAmbiguous || (tokens.Bearer.HasValue && tokens.AccessCookie.HasValue && !HasLeftOverAccess(tokens));

    /// <summary>Whether a session is an earlier one than the browser's, whose cookies were left over or came late.</summary>
    public bool IsLeftOver(RequestTokens tokens, SessionId session) =>
        // Nearly every request is made in the newest session. Whether the cookie is good makes no difference then, and its MAC is not computed.
        tokens.SignInCookie.HasValue && !RefreshTokenCodec.NamesSession(tokens.SignInCookie, session)
        && NewestSignIn.FindSession(tokens, keys.Ring) is { } newest && newest != session;

    /// <summary>The session of the cookies.</summary>
    public SessionId? FindByCookies(RequestTokens tokens) => NewestSignIn.FindSession(tokens, keys.Ring)
        ?? (tokens.RefreshCookie.HasValue ? FindByRefreshToken(tokens.RefreshCookie) : null)
        ?? (tokens.AccessCookie.HasValue ? FindByAccessToken(tokens.AccessCookie) : null);

    /// <summary>The sessions whose cookies an earlier sign-in has left over beside those of the browser's session.</summary>
    public IEnumerable<SessionId> FindLeftOver(RequestTokens tokens) =>
        new[] { FindByRefreshToken(tokens.RefreshCookie), FindByAccessToken(tokens.AccessCookie) }.OfType<SessionId>().Distinct()
            .Where(session => IsLeftOver(tokens, session));

    private List<SessionId> FindAll(RequestTokens tokens)
    {
        if (tokens.Twins.Count > 0)
            return [.. tokens.Twins.Select(twin => FindByRefreshToken(twin.Value) ?? FindByAccessToken(twin.Value)).OfType<SessionId>().Distinct()];
        // Also where they differ: the caller acts in the session of the bearer token, and all cookies are deleted, so that a session whose
        // tokens an earlier sign-in has left over would go on without a client.
        return [.. new[]
        {
            FindByRefreshToken(tokens.SignInCookie), FindByRefreshToken(tokens.RefreshCookie),
            FindByAccessToken(tokens.AccessCookie), FindByAccessToken(tokens.Bearer),
        }.OfType<SessionId>().Distinct()];
    }

    private bool HasLeftOverAccess(RequestTokens tokens) =>
        NewestSignIn.FindSession(tokens, keys.Ring) is { } newest && FindByAccessToken(tokens.AccessCookie) is { } session && session != newest;

    private SessionId? FindByRefreshToken(StringSegment text) => RefreshTokenCodec.TryRead(text, keys.Ring, out var token) ? token.SessionId : null;

    // Expired or not: it says whose it was, which is enough to sign it out.
    private SessionId? FindByAccessToken(StringSegment text) =>
        AccessTokenValidator.Validate(text, keys.Ring, options.Get(scheme.Name).Rules, clock.GetUtcNow()).Token?.SessionId;
}
