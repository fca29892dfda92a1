using System.Security.Claims;
using System.Text.Json.Serialization;

namespace Pawl.Blazor;

/// <summary>The signed-in user, as <c>GET /auth/session</c> describes it.</summary>
internal sealed record SessionUser(
    [property: JsonPropertyName("sub")] string Subject,
    [property: JsonPropertyName("sid")] string SessionId,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("auth_time")] long AuthenticatedAt,
    [property: JsonPropertyName("amr")] string[]? Methods,
    [property: JsonPropertyName("roles")] string[]? Roles
)
{
    private static readonly string[] Described = [ClaimTypes.NameIdentifier, "sid", ClaimTypes.Name, "auth_time", "amr", ClaimTypes.Role];

    /// <summary>
    /// The principal of the user. Claims of the same session that the server has serialized into the page stay, if the endpoint does not
    /// describe them.
    /// </summary>
    public ClaimsPrincipal ToPrincipal(ClaimsPrincipal before)
    {
        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, Subject),
            new("sid", SessionId),
            new("auth_time", AuthenticatedAt.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            .. (Methods ?? []).Select(static method => new Claim("amr", method)),
            .. (Roles ?? []).Select(static role => new Claim(ClaimTypes.Role, role)),
        ];
        if (Name is not null)
            claims.Add(new(ClaimTypes.Name, Name));
        if (before.FindFirst("sid")?.Value == SessionId)
            claims.AddRange(before.Claims.Where(static claim => !Described.Contains(claim.Type)).Select(static claim => claim.Clone()));
        var nameType = Name is null ? (before.Identity as ClaimsIdentity)?.NameClaimType : ClaimTypes.Name;
        if (nameType is null || claims.All(claim => claim.Type != nameType))
            nameType = ClaimTypes.NameIdentifier;
        return new ClaimsPrincipal(new ClaimsIdentity(claims, "Pawl", nameType, ClaimTypes.Role));
    }
}
