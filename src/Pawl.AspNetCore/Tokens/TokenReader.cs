using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Reads tokens, as <see cref="TokenIssuer"/> writes them. A token may be signed with a key that another node has just made. If the key
/// is unknown, the keys are read again, and then the token.
/// </summary>
internal sealed class TokenReader(KeyRingProvider keys, VerifiedTokens verified, TimeProvider clock)
{
    /// <summary>Reads an access token. It does not ask the store whether the session has ended.</summary>
    public async ValueTask<ReadAccessToken> ReadAccessAsync(StringSegment text, PawlOptions options, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        var read = Read(text, ring, options);
        return read.Error is AccessTokenError.UnknownKey && await keys.IsOutdatedAsync(ring, cancellationToken)
            ? Read(text, keys.Ring, options)
            : read;
    }

    /// <summary>
    /// Reads a refresh token by its MAC; null if none of our keys made it. It does not ask the store whether the token is spent.
    /// </summary>
    public async ValueTask<RefreshToken?> ReadRefreshAsync(StringSegment text, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        if (RefreshTokenCodec.TryRead(text, ring, out var token))
            return token;
        return await keys.IsOutdatedAsync(ring, cancellationToken) && RefreshTokenCodec.TryRead(text, keys.Ring, out token) ? token : null;
    }

    /// <summary>
    /// Reads a connection ticket by its MAC; null if none of our keys made it. It checks neither the time nor the session.
    /// </summary>
    public async ValueTask<ConnectionTicket?> ReadTicketAsync(StringSegment text, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        if (ConnectionTicketCodec.TryRead(text, ring, out var ticket))
            return ticket;
        return await keys.IsOutdatedAsync(ring, cancellationToken) && ConnectionTicketCodec.TryRead(text, keys.Ring, out ticket)
            ? ticket
            : null;
    }

    /// <summary>
    /// The refresh token of the browser's session, as <see cref="NewestSignIn"/> finds it; no value if the request has none.
    /// </summary>
    public StringSegment FindRefreshCookie(RequestTokens tokens) => NewestSignIn.FindRefreshToken(tokens, keys.Ring);

    /// <summary>
    /// The session that a token of either kind names; null if the token is not ours. Expired and spent tokens count, too.
    /// </summary>
    public async ValueTask<SessionId?> FindSessionAsync(StringSegment text, PawlOptions options, CancellationToken cancellationToken)
    {
        var ring = keys.Ring;
        return FindSession(text, ring, options)
            ?? (await keys.IsOutdatedAsync(ring, cancellationToken) ? FindSession(text, keys.Ring, options) : null);
    }

    private SessionId? FindSession(StringSegment text, KeyRing ring, PawlOptions options) =>
        RefreshTokenCodec.TryRead(text, ring, out var token)
            ? token.SessionId
            : AccessTokenValidator.Validate(text, ring, options.Rules, clock.GetUtcNow()).Token?.SessionId;

    private ReadAccessToken Read(StringSegment text, KeyRing ring, PawlOptions options) =>
        verified.Read(text, ring, options.Rules, options.VerifiedTokenCacheBytes, clock.GetUtcNow());
}
