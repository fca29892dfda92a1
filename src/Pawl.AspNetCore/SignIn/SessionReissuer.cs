using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Renews the claims of a request's session, and its access token. The session keeps its times and its refresh token. The new access
/// token expires when the request's token does, so nothing lasts longer.
/// </summary>
internal sealed class SessionReissuer(
    ISessionStore store,
    StoredSessions sessions,
    StoredItems items,
    TokenIssuer issuer,
    TimeProvider clock
)
{
    /// <param name="context">The request.</param>
    /// <param name="principal">The user with the current claims.</param>
    /// <param name="presented">The access token of the request.</param>
    /// <param name="wanted">The sign-in that the caller asks for.</param>
    /// <param name="options">The scheme's options.</param>
    /// <exception cref="ArgumentException">The caller asks for something that only a new session can have.</exception>
    public async Task<SignInResult> ReissueAsync(
        HttpContext context,
        ClaimsPrincipal principal,
        AccessToken presented,
        SignInRequest wanted,
        PawlOptions options
    )
    {
        var now = clock.GetUtcNow();
        if (await sessions.FindAsync(presented.SessionId, CancellationToken.None) is not { } session)
            return SignInResult.Refused(Problem.AccessTokenInvalid);
        if (sessions.FindEnd(session) is { } over)
            return SignInResult.Ended(over);
        wanted.VetForRenewal(session.Transport);
        session = session with { Claims = PrincipalClaims.Replace(session, principal, options, keepsSignIn: true) };
        SessionProperties? properties = wanted.ReplacesItems(context, session.Id) ? items.Protect(session.Id, wanted.Items) : null;
        session = session with { PropertiesVersion = properties?.Version ?? session.PropertiesVersion };
        // Issued before anything is stored: claims that are too large for a token would fail every later refresh.
        var tokens = issuer.Issue(session, null, now, options, presented.ExpiresAt, presented.ProvedAt);
        var newStamp = FindNewStamp(context, session, principal, options);
        var change = new SessionChange
        {
            Claims = session.Claims,
            SecurityStamp = newStamp,
            Properties = properties,
        };
        if (!await store.UpdateAsync(session.Id, change, CancellationToken.None))
            return SignInResult.Ended(await sessions.FindEndAsync(session.Id) ?? SessionEndReason.Revoked);
        if (properties is not null)
            items.Note(session, wanted.Items, presented.ExpiresAt);
        return sessions.FindKnownEnd(session.Id) is { } ended ? SignInResult.Ended(ended) : new(tokens);
    }

    // If stamps are compared at each refresh, only the request that has changed a stamp writes the new one into its session. A stolen
    // session keeps the old stamp and ends. Null leaves the stored stamp: another request may have changed it since it was read here.
    private static string? FindNewStamp(HttpContext context, Session session, ClaimsPrincipal principal, PawlOptions options) =>
        PrincipalClaims.FindSecurityStamp(principal) is { } stamp
        && (
            session.SecurityStamp is not { } old
            || !options.ComparesSecurityStamps
            || StampChanges.Of(context)?.Lead(session.Subject, old, stamp) is true
        )
            ? stamp
            : null;
}
