namespace Pawl.AspNetCore;

/// <summary>Makes the user of a session that was read from the store, for a connection whose client sends no access token.</summary>
internal sealed class SessionUsers(KeyRingProvider keys, TokenIssuer issuer)
{
    /// <summary>
    /// The user and the claims that an access token of this moment would have; null if it would not be accepted. The token itself stays on
    /// the server.
    /// </summary>
    /// <exception cref="InvalidOperationException">The session's claims are too large for an access token.</exception>
    public VerifiedToken? Make(Session session, DateTimeOffset now, PawlOptions options)
    {
        var (ring, rules) = (keys.Ring, options.Rules);
        var result = AccessTokenValidator.Validate(issuer.Issue(session, null, now, options).AccessToken, ring, rules, now);
        return result.IsAccepted
            ? new VerifiedToken(result.Token, ring, TokenClaims.FromToken(result.Token, rules.Issuer, out var nameType), nameType)
            : null;
    }
}
