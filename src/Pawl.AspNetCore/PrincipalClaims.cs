using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;

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

    // In a token, the name of the claim that is the user's name; missing where that is 'name' or, without one, the subject.
    private const string NameClaim = "name_claim";

    // What a token says of the session itself; the principal's own are replaced.
    private static readonly FrozenSet<string> OfTheSession =
        FrozenSet.Create(StringComparer.Ordinal, "auth_time", "amr", "client_id", NameClaim, SessionClaims.SignInMember);

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

    /// <summary>The claims that a session is stored with.</summary>
    /// <exception cref="InvalidOperationException">One of them, made by the app, is Pawl's to set, or one is no text.</exception>
    public static ReadOnlyMemory<byte> ToJson(ClaimsPrincipal principal, PawlOptions options, DateTimeOffset authenticatedAt, IReadOnlyList<string> methods) =>
        ToJson(principal, options, authenticatedAt, methods, [], areKeptShown: false);

    /// <summary>The same with the claims of another principal, for the session that these are of.</summary>
    /// <param name="claims">The session's.</param>
    /// <param name="principal">Whose claims take their place.</param>
    /// <param name="options">Say what goes into a token.</param>
    /// <param name="keepsSignIn">Whether the claims of the sign-in go into the token, too. The session keeps them in any case.</param>
    public static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> claims, ClaimsPrincipal principal, PawlOptions options, bool keepsSignIn)
    {
        using var document = JsonDocument.Parse(claims);
        var methods = document.RootElement.GetProperty("amr").EnumerateArray().Select(static m => m.GetString()!).ToList();
        var authenticatedAt = DateTimeOffset.FromUnixTimeSeconds(document.RootElement.GetProperty("auth_time").GetInt64());
        return ToJson(principal, options, authenticatedAt, methods, SignInClaims.FindKept(document.RootElement, principal, options.Issuer), keepsSignIn);
    }

    /// <summary>Whether the claims of two sign-ins differ in nothing but the second they were made in.</summary>
    public static bool AreSame(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b)
    {
        var (one, other) = (JsonNode.Parse(a.Span)!.AsObject(), JsonNode.Parse(b.Span)!.AsObject());
        one.Remove("auth_time");
        other.Remove("auth_time");
        return JsonNode.DeepEquals(one, other);
    }

    private static ReadOnlyMemory<byte> ToJson(
        ClaimsPrincipal principal, PawlOptions options, DateTimeOffset authenticatedAt, IReadOnlyList<string> methods, List<Claim> kept, bool areKeptShown)
    {
        var named = Name(principal).ToList();
        foreach (var (name, claim) in named)
            Vet(name, claim);
        named.RemoveAll(c => !IsWanted(c.Name, options));
        var known = kept.Where(c => IsWanted(c.Type, options)).Select(static c => (Name: c.Type, Claim: c)).ToList();

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
            if (FindNameClaim(principal, named) is { } nameClaim)
                json.WriteString(NameClaim, nameClaim);
            WriteClaims(json, areKeptShown ? named.Concat(known) : named);
            if (known.Concat(named.Where(static c => SignInClaims.IsMarked(c.Claim))).ToList() is { Count: > 0 } ofTheSignIn)
            {
                json.WriteStartObject(SessionClaims.SignInMember);
                WriteClaims(json, ofTheSignIn);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return SessionClaims.Vet(buffer.WrittenMemory.ToArray());
    }

    /// <summary>
    /// The names that claims have in a token. What an identity declares to be its roles is in 'roles', and under a name of its own, too.
    /// </summary>
    public static IEnumerable<(string Name, Claim Claim)> Name(ClaimsPrincipal principal)
    {
        // The first value of a claim is what Identity.Name and FindFirst give, so the principal's own identity comes first.
        foreach (var identity in principal.Identities.OrderBy(i => !ReferenceEquals(i, principal.Identity)))
        {
            foreach (var claim in identity.Claims)
            {
                var name = ToShort.GetValueOrDefault(claim.Type, claim.Type);
                var isRole = IsRole(identity, claim);
                if (isRole)
                    yield return ("roles", claim);
                if (name is not "roles")
                    yield return (name, claim);
            }
        }
    }

    /// <summary>
    /// Whether a claim is a role: by the type that its identity declares, or by one of the two usual names if the app itself has made it.
    /// What an external provider calls a role is none until the app says so.
    /// </summary>
    public static bool IsRole(ClaimsIdentity identity, Claim claim) =>
        claim.Type == identity.RoleClaimType || (claim.Type is "roles" or ClaimTypes.Role && claim.Issuer == ClaimsIdentity.DefaultIssuer);

    // What the identity declares to be its name, where a token would not say so by itself.
    private static string? FindNameClaim(ClaimsPrincipal principal, List<(string Name, Claim Claim)> named)
    {
        if (principal.Identity is not ClaimsIdentity identity)
            return null;
        var name = identity.NameClaimType is ClaimTypes.NameIdentifier ? "sub" : ToShort.GetValueOrDefault(identity.NameClaimType, identity.NameClaimType);
        var isSaid = name == "sub" ? named.Exists(static c => c.Name == "name") : named.Exists(c => c.Name == name && c.Claim.Subject == identity);
        return isSaid && name is not "name" ? name : null;
    }

    /// <summary>The claims of an identity made from an access token.</summary>
    public static Claim[] FromToken(AccessToken token, string issuer, out string nameClaimType)
    {
        using var document = JsonDocument.Parse(token.Claims);
        var claims = new List<Claim>();
        nameClaimType = ClaimTypes.NameIdentifier;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.NameEquals(NameClaim))
                continue;
            var type = ToType(member.Name);
            if (type == ClaimTypes.Name)
                nameClaimType = type;
            Read(type, member.Value, issuer, claims);
        }
        if (document.RootElement.TryGetProperty(NameClaim, out var nameClaim) && nameClaim.ValueKind is JsonValueKind.String)
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

    // An external provider's token brings its own iss, exp, sid; they are left behind. Where the app itself puts one there, it believes
    // something that would not come true.
    private static void Vet(string name, Claim claim)
    {
        if ((SessionClaims.IsReserved(name) || name is "client_id" or NameClaim or SessionClaims.SignInMember) && name != "sub" && claim.Issuer == ClaimsIdentity.DefaultIssuer)
            throw new InvalidOperationException($"The claim '{name}' says what a token is, and Pawl alone sets it: leave it out of the principal that is signed in.");
    }

    private static string Vet(string name, string? value) => value is not null && SessionText.IsWellFormed(name) && SessionText.IsWellFormed(value)
        ? value
        : throw new InvalidOperationException($"The claim '{name}' holds half of a surrogate pair, or no text at all: leave it out of the principal that is signed in.");

    private static bool IsWanted(string name, PawlOptions options) =>
        name is not (ClaimTypes.NameIdentifier or SecurityStampType)
        && !SessionClaims.IsReserved(name) && !OfTheSession.Contains(name)
        && (options.IncludePersonalClaims || !Personal.Contains(name));

    private static void WriteClaims(Utf8JsonWriter json, IEnumerable<(string Name, Claim Claim)> named)
    {
        foreach (var values in named.GroupBy(static c => c.Name, static c => c.Claim, StringComparer.Ordinal))
            WriteClaim(json, values.Key, [.. values.DistinctBy(static c => c.Value)]);
    }

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
