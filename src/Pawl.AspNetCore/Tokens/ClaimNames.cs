using System.Collections.Frozen;
using System.Security.Claims;

namespace Pawl.AspNetCore;

/// <summary>The names of claims: the long ones of ASP.NET Core in a principal, the short ones of JWT in a token.</summary>
internal static class ClaimNames
{
    /// <summary>
    /// In a token, the name of the claim that holds the user's name. It is missing if that claim is <c>name</c>. It is also missing if
    /// there is no such claim and the subject stands in.
    /// </summary>
    public const string NameClaim = "name_claim";

    private static readonly FrozenDictionary<string, string> ToShort = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [ClaimTypes.Role] = "roles",
        [ClaimTypes.Name] = "name",
        [ClaimTypes.Email] = "email",
        [ClaimTypes.GivenName] = "given_name",
        [ClaimTypes.Surname] = "family_name",
        [ClaimTypes.MobilePhone] = "phone_number",
        [ClaimTypes.DateOfBirth] = "birthdate",
        [ClaimTypes.AuthenticationMethod] = "amr",
        [AuthenticationMethods.MappedType] = "amr",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // 'amr' keeps its name in a principal, because a principal has several of them.
    private static readonly FrozenDictionary<string, string> ToLong = ToShort
        .Where(static p => p.Value != "amr")
        .ToFrozenDictionary(static p => p.Value, static p => p.Key, StringComparer.Ordinal);

    /// <summary>The name in a token.</summary>
    public static string ToShortName(string type) => ToShort.GetValueOrDefault(type, type);

    /// <summary>The name in a principal.</summary>
    public static string ToLongName(string name) => name == "sub" ? ClaimTypes.NameIdentifier : ToLong.GetValueOrDefault(name, name);

    /// <summary>
    /// The names of claims in a token. A claim that its identity declares to be a role is in 'roles', and under its own name, too.
    /// </summary>
    public static IEnumerable<(string Name, Claim Claim)> Name(ClaimsPrincipal principal)
    {
        // Identity.Name and FindFirst return the first value of a claim, so the principal's own identity comes first.
        foreach (var identity in principal.Identities.OrderBy(i => !ReferenceEquals(i, principal.Identity)))
        {
            foreach (var claim in identity.Claims)
            {
                var name = ToShortName(claim.Type);
                var isRole = IsRole(identity, claim);
                if (isRole)
                    yield return ("roles", claim);
                if (name is not "roles")
                    yield return (name, claim);
            }
        }
    }

    /// <summary>
    /// Whether a claim is a role. The type that its identity declares counts, and so do the two usual names if the app itself has made
    /// the claim. A role of an external provider does not count until the app declares it.
    /// </summary>
    public static bool IsRole(ClaimsIdentity identity, Claim claim) =>
        claim.Type == identity.RoleClaimType || (claim.Type is "roles" or ClaimTypes.Role && claim.Issuer == ClaimsIdentity.DefaultIssuer);
}
