using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>Finds the session of a request's tokens. It verifies the tokens and does not ask the store.</summary>
internal sealed class TokenSessions(KeyRingProvider keys, IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock)
{
    /// <summary>
    /// The sessions that a sign-out ends: those of the request's tokens, in cookies or as a bearer token. If the request carries a
    /// credential twice, all of their sessions end. A planted token belongs to the attacker, and the user's session must not outlive the
    /// sign-out.
    /// </summary>
    public async Task<IReadOnlyCollection<SessionId>> FindAllAsync(RequestTokens tokens, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        var found = FindAll(tokens);
        // A token under a key that another node has just made must still sign its session out, so the keys are read again.
        var mayBeMore = tokens.Twins.Count > 0 || (found.Count == 0 && (tokens.HasCookie || tokens.Access.HasValue));
        return mayBeMore && await keys.IsOutdatedAsync(ring, cancellationToken) ? FindAll(tokens) : found;
    }

    /// <summary>
    /// Whether the request carries two credentials, or one credential twice. An access cookie of an earlier session does not count beside
    /// a bearer token.
    /// </summary>
    public bool IsAmbiguous(RequestTokens tokens) =>
        tokens.IsAmbiguous || (tokens.Bearer.HasValue && tokens.AccessCookie.HasValue && !HasLeftOverAccess(tokens));

    /// <summary>Whether a session is older than the browser's session, so that its cookies are left over or came late.</summary>
    public bool IsLeftOver(RequestTokens tokens, SessionId session) =>
        // Nearly every request belongs to the newest session. A forged cookie has the same effect as a valid one in that case, so its MAC
        // is not computed.
        tokens.SignInCookie.HasValue
        && !RefreshTokenCodec.NamesSession(tokens.SignInCookie, session)
        && NewestSignIn.FindSession(tokens, keys.Ring) is { } newest
        && newest != session;

    /// <summary>The session of the cookies.</summary>
    public SessionId? FindByCookies(RequestTokens tokens) =>
        NewestSignIn.FindSession(tokens, keys.Ring)
        ?? (tokens.RefreshCookie.HasValue ? FindByRefreshToken(tokens.RefreshCookie) : null)
        ?? (tokens.AccessCookie.HasValue ? FindByAccessToken(tokens.AccessCookie) : null);

    /// <summary>The sessions of earlier sign-ins whose cookies are still there beside those of the browser's session.</summary>
    public IEnumerable<SessionId> FindLeftOver(RequestTokens tokens) =>
        new[] { FindByRefreshToken(tokens.RefreshCookie), FindByAccessToken(tokens.AccessCookie) }
            .OfType<SessionId>()
            .Distinct()
            .Where(session => IsLeftOver(tokens, session));

    private List<SessionId> FindAll(RequestTokens tokens)
    {
        if (tokens.Twins.Count > 0)
            return
            [
                .. tokens
                    .Twins.Select(twin => FindByRefreshToken(twin.Value) ?? FindByAccessToken(twin.Value))
                    .OfType<SessionId>()
                    .Distinct(),
            ];
        // All of them, even if they differ. The caller acts in the session of the bearer token, and all cookies are deleted. A session of
        // an earlier sign-in would remain without a client.
        return
        [
            .. new[]
            {
                FindByRefreshToken(tokens.SignInCookie),
                FindByRefreshToken(tokens.RefreshCookie),
                FindByAccessToken(tokens.AccessCookie),
                FindByAccessToken(tokens.Bearer),
            }
                .OfType<SessionId>()
                .Distinct(),
        ];
    }

    private bool HasLeftOverAccess(RequestTokens tokens) =>
        NewestSignIn.FindSession(tokens, keys.Ring) is { } newest
        && FindByAccessToken(tokens.AccessCookie) is { } session
        && session != newest;

    private SessionId? FindByRefreshToken(StringSegment text) =>
        RefreshTokenCodec.TryRead(text, keys.Ring, out var token) ? token.SessionId : null;

    // An expired token counts, too: it still names its session, and a sign-out needs no more.
    private SessionId? FindByAccessToken(StringSegment text) =>
        AccessTokenValidator.Validate(text, keys.Ring, options.Get(scheme.Name).Rules, clock.GetUtcNow()).Token?.SessionId;
}
