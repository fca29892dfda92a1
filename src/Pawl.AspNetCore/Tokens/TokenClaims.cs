using System.Collections.Frozen;
using System.Security.Claims;
using System.Text.Json;

namespace Pawl.AspNetCore;

/// <summary>
/// The claims of an access token as ASP.NET Core names them: the short names of JWT become long ones. The way there is
/// <see cref="PrincipalClaims"/>.
/// </summary>
internal static class TokenClaims
{
    private static readonly FrozenDictionary<string, string> ToLong = PrincipalClaims.ToShort.Where(static p => p.Value != "amr")
        .ToFrozenDictionary(static p => p.Value, static p => p.Key, StringComparer.Ordinal);

    /// <summary>The claims of an identity made from an access token.</summary>
    public static Claim[] FromToken(AccessToken token, string issuer, out string nameClaimType)
    {
        using var document = JsonDocument.Parse(token.Claims);
        var claims = new List<Claim>();
        nameClaimType = ClaimTypes.NameIdentifier;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.NameEquals(PrincipalClaims.NameClaim))
                continue;
            var type = ToType(member.Name);
            if (type == ClaimTypes.Name)
                nameClaimType = type;
            Read(type, member.Value, issuer, claims);
        }
        if (document.RootElement.TryGetProperty(PrincipalClaims.NameClaim, out var nameClaim)
            && nameClaim.ValueKind is JsonValueKind.String)
            nameClaimType = ToType(nameClaim.GetString()!);
        return [.. claims];
    }

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

    private static string ToType(string name) => name == "sub" ? ClaimTypes.NameIdentifier : ToLong.GetValueOrDefault(name, name);

    private static Claim ToClaim(string type, JsonElement value, string issuer) => value.ValueKind switch
    {
        JsonValueKind.String => new(type, value.GetString()!, ClaimValueTypes.String, issuer),
        JsonValueKind.True => new(type, "true", ClaimValueTypes.Boolean, issuer),
        JsonValueKind.False => new(type, "false", ClaimValueTypes.Boolean, issuer),
        JsonValueKind.Number => new(type, value.GetRawText(), ClaimValueTypes.Integer64, issuer),
        _ => new(type, value.GetRawText(), "JSON", issuer),
    };
}
