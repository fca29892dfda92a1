using System.Security.Claims;
using System.Text.Json;

namespace Pawl.AspNetCore;

/// <summary>
/// The claims of an access token under the names of ASP.NET Core: the short names of JWT become long ones. <see cref="PrincipalClaims"/>
/// does the reverse.
/// </summary>
internal static class TokenClaims
{
    // A property, because a principal may be cloned, and another scheme may make claims with the same names and the same issuer.
    private const string OfToken = "pawl_token";

    /// <summary>The claims of an identity made from an access token.</summary>
    public static Claim[] FromToken(AccessToken token, string issuer, out string nameClaimType)
    {
        using var document = JsonDocument.Parse(token.Claims);
        var claims = new List<Claim>();
        nameClaimType = ClaimTypes.NameIdentifier;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.NameEquals(ClaimNames.NameClaim) || member.NameEquals(PropertiesClaim.Name))
                continue;
            var type = ClaimNames.ToLongName(member.Name);
            if (type == ClaimTypes.Name)
                nameClaimType = type;
            // Antiforgery binds a form to the user's id and its issuer. So a form that an app rendered before it moved from cookie
            // authentication is still that user's.
            Read(type, member.Value, type == ClaimTypes.NameIdentifier ? ClaimsIdentity.DefaultIssuer : issuer, claims);
            if (type is "cnf" or DeviceProofClaim.Name)
                claims.FindLast(claim => claim.Type == type)?.Properties.Add(OfToken, "");
        }
        if (document.RootElement.TryGetProperty(ClaimNames.NameClaim, out var nameClaim) && nameClaim.ValueKind is JsonValueKind.String)
            nameClaimType = ClaimNames.ToLongName(nameClaim.GetString()!);
        return [.. claims];
    }

    /// <summary>
    /// The session of the access token that a principal was made from; null if it was made from something else. Only a principal from an
    /// access token has a <c>sid</c> claim of this issuer.
    /// </summary>
    public static string? FindSession(ClaimsPrincipal user, string issuer) =>
        user.FindFirst(c => c.Type == "sid" && c.Issuer == issuer)?.Value;

    /// <summary>
    /// Whether a claim about the device comes from an access token that a handler of Pawl has accepted, with the proof that it needs.
    /// </summary>
    public static bool IsOfToken(Claim claim) => claim.Properties.ContainsKey(OfToken);

    /// <summary>Reads the values of one member of a token.</summary>
    public static void Read(string type, JsonElement value, string issuer, List<Claim> claims)
    {
        if (value.ValueKind is not JsonValueKind.Array)
        {
            claims.Add(ToClaim(type, value, issuer));
            return;
        }
        foreach (var item in value.EnumerateArray())
            claims.Add(ToClaim(type, item, issuer));
    }

    private static Claim ToClaim(string type, JsonElement value, string issuer) =>
        value.ValueKind switch
        {
            JsonValueKind.String => new(type, value.GetString()!, ClaimValueTypes.String, issuer),
            JsonValueKind.True => new(type, "true", ClaimValueTypes.Boolean, issuer),
            JsonValueKind.False => new(type, "false", ClaimValueTypes.Boolean, issuer),
            JsonValueKind.Number => new(type, value.GetRawText(), ClaimValueTypes.Integer64, issuer),
            _ => new(type, value.GetRawText(), "JSON", issuer),
        };
}
