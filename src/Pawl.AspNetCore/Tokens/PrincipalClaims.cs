using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pawl.AspNetCore;

/// <summary>
/// The claims of a principal as a session keeps them: the long names of ASP.NET Core become the short ones of JWT. The way back is
/// <see cref="TokenClaims"/>.
/// </summary>
internal static class PrincipalClaims
{
    private const string SecurityStampType = "AspNet.Identity.SecurityStamp";
    private const int MaxStampLength = 1024;

    private static readonly FrozenSet<string> Personal = FrozenSet.Create(
        StringComparer.Ordinal,
        "name",
        "email",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "phone_number",
        "birthdate",
        "address",
        "picture"
    );

    // Claims about the session itself. Pawl sets them, so they replace those of the principal.
    private static readonly FrozenSet<string> OfTheSession = FrozenSet.Create(
        StringComparer.Ordinal,
        "auth_time",
        "amr",
        "client_id",
        ClaimNames.NameClaim,
        SessionClaims.SignInMember
    );

    /// <summary>The user id of the principal.</summary>
    /// <exception cref="InvalidOperationException">
    /// The principal has no user id, or one that <see cref="SessionText.IsSubject"/> refuses.
    /// </exception>
    public static string FindSubject(ClaimsPrincipal principal) =>
        (principal.FindFirst(ClaimTypes.NameIdentifier) ?? principal.FindFirst("sub"))?.Value is { } subject
        && SessionText.IsSubject(subject)
            ? subject
            : throw new InvalidOperationException(
                "A sign-in needs a subject of 1 to 256 characters, without control characters or half of a surrogate pair: "
                    + "add new Claim(ClaimTypes.NameIdentifier, userId) to the principal that is signed in."
            );

    /// <summary>The security stamp that ASP.NET Core Identity has put into the principal; null if there is none.</summary>
    /// <exception cref="InvalidOperationException">The stamp is not a text that every store can keep.</exception>
    public static string? FindSecurityStamp(ClaimsPrincipal principal) =>
        principal.FindFirst(SecurityStampType)?.Value is not { } stamp || (stamp.Length <= MaxStampLength && SessionText.IsValid(stamp))
            ? principal.FindFirst(SecurityStampType)?.Value
            : throw new InvalidOperationException(
                $"A security stamp has at most {MaxStampLength} characters, and neither control characters nor half of a surrogate pair."
            );

    /// <summary>Whether access tokens leave out the principal's name, so that <c>Identity.Name</c> becomes the subject.</summary>
    public static bool LeavesNameOut(ClaimsPrincipal principal, bool hasPersonal) =>
        principal.Identity is ClaimsIdentity { Name: { Length: > 0 } name } identity
        && name != FindSubject(principal)
        && !IsWanted(ClaimNames.ToShortName(identity.NameClaimType), hasPersonal);

    /// <summary>The claims that a session is stored with.</summary>
    /// <exception cref="InvalidOperationException">The app has set a claim that only Pawl sets, or a claim is not valid text.</exception>
    public static ReadOnlyMemory<byte> ToJson(
        ClaimsPrincipal principal,
        SessionTransport transport,
        PawlOptions options,
        DateTimeOffset authenticatedAt,
        IReadOnlyList<string> methods
    ) => ToJson(principal, transport, options, authenticatedAt, methods, [], areKeptShown: false);

    /// <summary>The claims of a session, renewed from another principal.</summary>
    /// <param name="session">The session with its present claims.</param>
    /// <param name="principal">The principal with the new claims.</param>
    /// <param name="options">The scheme's options.</param>
    /// <param name="keepsSignIn">Whether the claims of the sign-in go into the token, too. The session keeps them in any case.</param>
    public static ReadOnlyMemory<byte> Replace(Session session, ClaimsPrincipal principal, PawlOptions options, bool keepsSignIn)
    {
        using var document = JsonDocument.Parse(session.Claims);
        var methods = document.RootElement.GetProperty("amr").EnumerateArray().Select(static m => m.GetString()!).ToList();
        var authenticatedAt = DateTimeOffset.FromUnixTimeSeconds(document.RootElement.GetProperty("auth_time").GetInt64());
        var kept = SignInClaims.FindKept(document.RootElement, principal, options.Issuer);
        return ToJson(principal, session.Transport, options, authenticatedAt, methods, kept, keepsSignIn);
    }

    /// <summary>Whether the claims of two sign-ins are the same, except for the time of the sign-in.</summary>
    public static bool AreSame(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b)
    {
        var (one, other) = (JsonNode.Parse(a.Span)!.AsObject(), JsonNode.Parse(b.Span)!.AsObject());
        one.Remove("auth_time");
        other.Remove("auth_time");
        return JsonNode.DeepEquals(one, other);
    }

    private static ReadOnlyMemory<byte> ToJson(
        ClaimsPrincipal principal,
        SessionTransport transport,
        PawlOptions options,
        DateTimeOffset authenticatedAt,
        IReadOnlyList<string> methods,
        List<Claim> kept,
        bool areKeptShown
    )
    {
        var hasPersonal = options.IncludesPersonalClaims(transport);
        var named = ClaimNames.Name(principal).ToList();
        foreach (var (name, claim) in named)
            Vet(name, claim);
        named.RemoveAll(c => !IsWanted(c.Name, hasPersonal));
        var known = kept.Where(c => IsWanted(c.Type, hasPersonal)).Select(static c => (Name: c.Type, Claim: c)).ToList();

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
                json.WriteString(ClaimNames.NameClaim, nameClaim);
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

    // The claim that the identity declares to be its name, unless a token shows it anyway.
    private static string? FindNameClaim(ClaimsPrincipal principal, List<(string Name, Claim Claim)> named)
    {
        if (principal.Identity is not ClaimsIdentity identity)
            return null;
        var type = identity.NameClaimType;
        var name = type is ClaimTypes.NameIdentifier ? "sub" : ClaimNames.ToShortName(type);
        var isSaid =
            name == "sub" ? named.Exists(static c => c.Name == "name") : named.Exists(c => c.Name == name && c.Claim.Subject == identity);
        return isSaid && name is not "name" ? name : null;
    }

    // An external provider's token has its own iss, exp and sid, which are left out. A claim of these names that the app itself has
    // made would have no effect, so it is refused.
    private static void Vet(string name, Claim claim)
    {
        var isOurs = SessionClaims.IsReserved(name) || name is "client_id" or ClaimNames.NameClaim or SessionClaims.SignInMember;
        if (isOurs && name != "sub" && claim.Issuer == ClaimsIdentity.DefaultIssuer)
            throw new InvalidOperationException(
                $"The claim '{name}' says what a token is, and Pawl alone sets it: leave it out of the principal that is signed in."
            );
    }

    private static string Vet(string name, string? value) =>
        value is not null && SessionText.IsWellFormed(name) && SessionText.IsWellFormed(value)
            ? value
            : throw new InvalidOperationException(
                $"The claim '{name}' holds half of a surrogate pair, or no text at all: leave it out of the principal that is signed in."
            );

    private static bool IsWanted(string name, bool hasPersonal) =>
        name is not (ClaimTypes.NameIdentifier or SecurityStampType)
        && !SessionClaims.IsReserved(name)
        && !OfTheSession.Contains(name)
        && (hasPersonal || !Personal.Contains(name));

    private static void WriteClaims(Utf8JsonWriter json, IEnumerable<(string Name, Claim Claim)> named)
    {
        foreach (var values in named.GroupBy(static c => c.Name, static c => c.Claim, StringComparer.Ordinal))
            WriteClaim(json, values.Key, [.. values.DistinctBy(static c => c.Value)]);
    }

    private static void WriteClaim(Utf8JsonWriter json, string name, Claim[] values)
    {
        json.WritePropertyName(name);
        // Roles are always a list, so that verifiers in other languages need no special case for a single role.
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
                case ClaimValueTypes.Integer
                or ClaimValueTypes.Integer32
                or ClaimValueTypes.Integer64
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
}
