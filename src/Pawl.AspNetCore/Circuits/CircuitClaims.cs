using System.Security.Claims;

namespace Pawl.AspNetCore;

/// <summary>Compares the user of a circuit with the one that a request of its session would have now.</summary>
internal static class CircuitClaims
{
    // These differ in every access token.
    private static readonly string[] OfToken = ["jti", "iat", "exp", "nbf"];

    /// <summary>
    /// Whether the new user takes the place of the other: it has other claims, and no identity is lost that another scheme has added.
    /// </summary>
    public static bool MayReplace(ClaimsPrincipal before, ClaimsPrincipal user) =>
        !Read(before).SequenceEqual(Read(user))
        && before.Identities.All(own =>
            !own.IsAuthenticated || user.Identities.Any(other => other.AuthenticationType == own.AuthenticationType)
        );

    private static IEnumerable<string> Read(ClaimsPrincipal user) =>
        user
            .Claims.Where(static claim => !OfToken.Contains(claim.Type))
            .Select(static claim => $"{claim.Type}\0{claim.Value}")
            .Order(StringComparer.Ordinal);
}
