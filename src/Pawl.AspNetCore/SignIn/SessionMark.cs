using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>
/// Distinguishes a sign-in that renews the session of its request from one that starts a session. <c>SignInManager.RefreshSignInAsync</c>
/// passes the properties that <c>AuthenticateAsync</c> returned. Other apps change the principal of the request and sign it in again.
/// Both prove only an access token, which must not be enough to start a session.
/// </summary>
internal static class SessionMark
{
    public const string Item = SessionItems.Session;

    /// <summary>The properties of a request that is authenticated in a session.</summary>
    public static AuthenticationProperties NewProperties(SessionId id) => new() { Items = { [Item] = id.ToString() } };

    /// <summary>The user of a request that is authenticated in a session.</summary>
    public static AuthenticationTicket NewTicket(VerifiedToken token, string scheme) =>
        new(
            new ClaimsPrincipal(new ClaimsIdentity(token.Claims, scheme, token.NameClaimType, ClaimTypes.Role)),
            NewProperties(token.Token.SessionId),
            scheme
        );

    /// <summary>Whether a sign-in may concern the session of its request. If so, the request must be authenticated to decide.</summary>
    public static bool IsThere(ClaimsPrincipal user, AuthenticationProperties? properties, string issuer) =>
        properties?.Items.ContainsKey(Item) is true || TokenClaims.FindSession(user, issuer) is not null;

    /// <summary>Whether the sign-in renews the session of <paramref name="presented"/>, the access token of the request.</summary>
    /// <exception cref="InvalidOperationException">The principal or the properties are those of another request, or the
    /// properties are another user's.</exception>
    public static bool IsRenewal(ClaimsPrincipal user, AuthenticationProperties? properties, AccessToken? presented, string issuer)
    {
        var subject = PrincipalClaims.FindSubject(user);
        if (properties is null || !properties.Items.TryGetValue(Item, out var named))
        {
            // Another scheme may accept a token of a session that has ended, and an app may keep a principal.
            if (presented is null || TokenClaims.FindSession(user, issuer) != presented.SessionId.ToString())
                throw new InvalidOperationException(
                    "This principal was made from an access token that is not the one of this request, "
                        + "and an access token starts no session. "
                        + "Make a new principal of the claims that identify the user, without 'sid'."
                );
            return presented.Subject == subject;
        }
        if (presented is null || named != presented.SessionId.ToString())
            throw new InvalidOperationException(
                "These properties are of a request in another session. "
                    + "Pass what AuthenticateAsync returned for this request to renew its session, "
                    + "or new properties to start one."
            );
        if (presented.Subject != subject)
            throw new InvalidOperationException(
                "These properties are of another user's session. Pass new properties to start one: "
                    + "SignInAsync(user, new PawlSignInProperties())."
            );
        return true;
    }
}
