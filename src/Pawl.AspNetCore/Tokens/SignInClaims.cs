using System.Security.Claims;
using System.Text.Json;

namespace Pawl.AspNetCore;

/// <summary>
/// The claims that a sign-in gave besides the user's own, such as a tenant or an impersonator. They stay for the session, while the user's
/// are renewed. A session keeps them apart in a member of its claims that no access token shows.
/// </summary>
internal static class SignInClaims
{
    // The mark is a property of the claim object, which a copy of the claim keeps.
    private const string SignInMark = "Pawl.SignIn";
    private const string UserMark = "Pawl.User";

    /// <summary>Marks a claim as the sign-in's.</summary>
    public static void Mark(Claim claim) => claim.Properties[SignInMark] = "";

    public static bool IsMarked(Claim claim) => claim.Properties.ContainsKey(SignInMark);

    /// <summary>Marks a claim as the user's own, which is renewed with the user.</summary>
    public static void MarkAsUsers(Claim claim) => claim.Properties[UserMark] = "";

    /// <summary>Marks the claims of a principal that are not the user's.</summary>
    /// <param name="principal">The principal that the app signs in.</param>
    /// <param name="user">The user as the user store has them now.</param>
    /// <param name="issuer">The issuer of the claims of an access token.</param>
    public static void Find(ClaimsPrincipal principal, ClaimsPrincipal user, string issuer)
    {
        var known = user.Claims.Select(static c => (c.Type, c.Value)).ToHashSet();
        // Without these marks, a role that was just taken from the user looks like a role that the app has added. So does an old claim in
        // a principal that was made from an access token.
        var areUsersMarked = principal.Claims.Any(IsUsers);
        foreach (var identity in principal.Identities)
        {
            foreach (var claim in identity.Claims.Where(c => !IsUsers(c) && !known.Contains((c.Type, c.Value))))
            {
                if (areUsersMarked || (!ClaimNames.IsRole(identity, claim) && claim.Issuer != issuer))
                    Mark(claim);
            }
        }
    }

    private static bool IsUsers(Claim claim) => claim.Properties.ContainsKey(UserMark);

    /// <summary>The claims of the sign-in that a session keeps when its claims are replaced, by their names in a token.</summary>
    /// <param name="session">The session's claims.</param>
    /// <param name="principal">The principal with the new claims.</param>
    /// <param name="issuer">The issuer of the claims of an access token.</param>
    public static List<Claim> FindKept(JsonElement session, ClaimsPrincipal principal, string issuer)
    {
        var named = ClaimNames.Name(principal).ToList();
        // A claim that the new principal repeats replaces its earlier values.
        var given = named.Where(static c => IsMarked(c.Claim)).Select(static c => c.Name).ToHashSet(StringComparer.Ordinal);
        // The request's own principal has all claims of the sign-in, except those that the app has removed. A principal from the user
        // store has none.
        var isOfToken = TokenClaims.FindSession(principal, issuer) is not null;
        return Read(session)
            .FindAll(c => !given.Contains(c.Type) && (!isOfToken || named.Exists(n => n.Name == c.Type && n.Claim.Value == c.Value)));
    }

    private static List<Claim> Read(JsonElement session)
    {
        var claims = new List<Claim>();
        if (session.TryGetProperty(SessionClaims.SignInMember, out var kept) && kept.ValueKind is JsonValueKind.Object)
        {
            foreach (var member in kept.EnumerateObject())
                TokenClaims.Read(member.Name, member.Value, ClaimsIdentity.DefaultIssuer, claims);
        }
        claims.ForEach(Mark);
        return claims;
    }
}
