using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;

namespace Pawl.AspNetCore;

/// <summary>Between the claims of ASP.NET Core and those of a token: long names there, the short ones of JWT here.</summary>
internal static class PrincipalClaims
{
    private const string SecurityStampType = "AspNet.Identity.SecurityStamp";
    private const int LongestStamp = 1024;

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
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> ToLong = ToShort.Where(static p => p.Value != "amr")
        .ToFrozenDictionary(static p => p.Value, static p => p.Key, StringComparer.Ordinal);

    private static readonly FrozenSet<string> Personal = FrozenSet.Create(StringComparer.Ordinal,
        "name", "email", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "phone_number", "birthdate", "address", "picture");

    // What a token says of the session itself; the principal's own are replaced.
    private static readonly FrozenSet<string> OfTheSession = FrozenSet.Create(StringComparer.Ordinal, "auth_time", "amr", "client_id");

    /// <summary>The user id of the principal.</summary>
    /// <exception cref="InvalidOperationException">It has none, or one that <see cref="SessionText.IsSubject"/> refuses.</exception>
    public static string FindSubject(ClaimsPrincipal principal) =>
        (principal.FindFirst(ClaimTypes.NameIdentifier) ?? principal.FindFirst("sub"))?.Value is { } subject && SessionText.IsSubject(subject)
            ? subject
            : throw new InvalidOperationException(
                "A sign-in needs a subject of 1 to 256 characters, without control characters or half of a surrogate pair: "
                + "add new Claim(ClaimTypes.NameIdentifier, userId) to the principal that is signed in.");

    /// <summary>The security stamp that ASP.NET Core Identity has put into the principal; null if there is none.</summary>
    /// <exception cref="InvalidOperationException">It is no text that every store can keep.</exception>
    public static string? FindSecurityStamp(ClaimsPrincipal principal) =>
        principal.FindFirst(SecurityStampType)?.Value is not { } stamp || (stamp.Length <= LongestStamp && SessionText.IsValid(stamp))
            ? principal.FindFirst(SecurityStampType)?.Value
            : throw new InvalidOperationException(
                $"A security stamp has at most {LongestStamp} characters, and neither control characters nor half of a surrogate pair.");

    /// <summary>How the user signed in.</summary>
    public static string[] FindMethods(ClaimsPrincipal principal) =>
        [.. principal.Claims.Where(static c => c.Type is "amr" or ClaimTypes.AuthenticationMethod).Select(static c => c.Value).Distinct(StringComparer.Ordinal)];

    /// <summary>The claims of every access token of a session.</summary>
    /// <exception cref="InvalidOperationException">One of them, made by the app, is Pawl's to set, or one is no text.</exception>
    public static ReadOnlyMemory<byte> ToJson(ClaimsPrincipal principal, PawlOptions options, DateTimeOffset authenticatedAt, IReadOnlyList<string> methods)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("auth_time", authenticatedAt.ToUnixTimeSeconds());
            json.WriteStartArray("amr");
            foreach (var method in methods)
                json.WriteStringValue(Vet("amr", method));
            json.WriteEndArray();
            json.WriteString("client_id", options.ClientId);
            foreach (var claims in principal.Claims.GroupBy(static c => ToShort.GetValueOrDefault(c.Type, c.Type), StringComparer.Ordinal))
            {
                Vet(claims.Key, claims);
                if (IsWanted(claims.Key, options))
                    WriteClaim(json, claims.Key, [.. claims.DistinctBy(static c => c.Value)]);
            }
            json.WriteEndObject();
        }
        return SessionClaims.Vet(buffer.WrittenMemory.ToArray());
    }

    /// <summary>The same with the claims of another principal, for the session that these are of.</summary>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> claims, ClaimsPrincipal principal, PawlOptions options)
    {
        using var document = JsonDocument.Parse(claims);
        var methods = document.RootElement.GetProperty("amr").EnumerateArray().Select(static m => m.GetString()!).ToList();
        return ToJson(principal, options, DateTimeOffset.FromUnixTimeSeconds(document.RootElement.GetProperty("auth_time").GetInt64()), methods);
    }

    /// <summary>The claims of an identity made from an access token.</summary>
    public static Claim[] FromToken(AccessToken token, string issuer, out string nameClaimType)
    {
        using var document = JsonDocument.Parse(token.Claims);
        var claims = new List<Claim>();
        nameClaimType = ClaimTypes.NameIdentifier;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var type = member.Name == "sub" ? ClaimTypes.NameIdentifier : ToLong.GetValueOrDefault(member.Name, member.Name);
            if (type == ClaimTypes.Name)
                nameClaimType = type;
            if (member.Value.ValueKind is JsonValueKind.Array)
            {
                foreach (var item in member.Value.EnumerateArray())
                    claims.Add(ToClaim(type, item, issuer));
            }
            else
            {
                claims.Add(ToClaim(type, member.Value, issuer));
            }
        }
        return [.. claims];
    }

    // An external provider's token brings its own iss, exp, sid; they are left behind. Where the app itself puts one there, it believes something that would not come true.
    private static void Vet(string name, IEnumerable<Claim> claims)
    {
        if ((SessionClaims.IsReserved(name) || name == "client_id") && name != "sub" && claims.Any(static c => c.Issuer == ClaimsIdentity.DefaultIssuer))
            throw new InvalidOperationException($"The claim '{name}' says what a token is, and Pawl alone sets it: leave it out of the principal that is signed in.");
    }

    private static string Vet(string name, string? value) => value is not null && SessionText.IsWellFormed(name) && SessionText.IsWellFormed(value)
        ? value
        : throw new InvalidOperationException($"The claim '{name}' holds half of a surrogate pair, or no text at all: leave it out of the principal that is signed in.");

    private static bool IsWanted(string name, PawlOptions options) =>
        name is not (ClaimTypes.NameIdentifier or SecurityStampType)
        && !SessionClaims.IsReserved(name) && !OfTheSession.Contains(name)
        && (options.IncludePersonalClaims || !Personal.Contains(name));

    private static void WriteClaim(Utf8JsonWriter json, string name, Claim[] values)
    {
        json.WritePropertyName(name);
        // Roles are always a list, so that a verifier in another language need not care how many there are.
        var isList = values.Length > 1 || name == "roles";
        if (isList)
            json.WriteStartArray();
        foreach (var claim in values)
        {
            Vet(name, claim.Value);
            switch (claim.ValueType)
            {
                case ClaimValueTypes.Boolean when bool.TryParse(claim.Value, out var flag):
                    json.WriteBooleanValue(flag);
                    break;
                case ClaimValueTypes.Integer or ClaimValueTypes.Integer32 or ClaimValueTypes.Integer64
                    when long.TryParse(claim.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                    json.WriteNumberValue(number);
                    break;
                default:
                    json.WriteStringValue(claim.Value);
                    break;
            }
        }
        if (isList)
            json.WriteEndArray();
    }

    private static Claim ToClaim(string type, JsonElement value, string issuer) => value.ValueKind switch
    {
        JsonValueKind.String => new(type, value.GetString()!, ClaimValueTypes.String, issuer),
        JsonValueKind.True => new(type, "true", ClaimValueTypes.Boolean, issuer),
        JsonValueKind.False => new(type, "false", ClaimValueTypes.Boolean, issuer),
        JsonValueKind.Number => new(type, value.GetRawText(), ClaimValueTypes.Integer64, issuer),
        _ => new(type, value.GetRawText(), "JSON", issuer),
    };
}
