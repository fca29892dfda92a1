using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pawl;

/// <summary>The claims that an app may put into access tokens. The names that describe the token itself are reserved.</summary>
internal static class SessionClaims
{
    /// <summary>
    /// The member of a session's claims for those that the sign-in added to the user's own. They stay while the user's claims are
    /// renewed. Access tokens do not contain this member.
    /// </summary>
    public const string SignInMember = "pawl_sign_in";

    /// <summary>Whether only Pawl may set a claim of this name.</summary>
    public static bool IsReserved(string name) =>
        name
            is "iss"
                or "aud"
                or "exp"
                or "nbf"
                or "iat"
                or "jti"
                or "sub"
                or "sid"
                or "cnf"
                or PropertiesClaim.Name
                or DeviceProofClaim.Name;

    /// <summary>Checks claims and returns them in the form that <see cref="Session.Claims"/> has.</summary>
    /// <param name="json">A JSON object in UTF-8 that names each claim once, none of them reserved, and has a <c>client_id</c>.</param>
    /// <exception cref="ArgumentException">The JSON has another form; the message names the claim.</exception>
    public static ReadOnlyMemory<byte> Vet(ReadOnlyMemory<byte> json)
    {
        using var document = StrictJson.ParseObject(json)
            ?? throw new ArgumentException("Claims must be one JSON object that names each claim once.", nameof(json));
        foreach (var claim in document.RootElement.EnumerateObject())
        {
            if (IsReserved(claim.Name))
                throw new ArgumentException($"The claim '{claim.Name}' is reserved: only Pawl sets it.", nameof(json));
        }
        if (StrictJson.GetText(document.RootElement, "client_id"u8, 256) is null)
            throw new ArgumentException("Claims must name the client in 'client_id'.", nameof(json));
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(document.RootElement, ClaimsJson.Default.JsonElement);
        }
        catch (JsonException e)
        {
            throw new ArgumentException("A claim contains half of a surrogate pair, which is not valid text.", nameof(json), e);
        }
    }

    /// <summary>The claims of an access token: those of the session without <see cref="SignInMember"/>.</summary>
    internal static ReadOnlyMemory<byte> ForToken(ReadOnlyMemory<byte> claims)
    {
        if (claims.Span.IndexOf("\"pawl_sign_in\""u8) < 0)
            return claims;
        var token = JsonNode.Parse(claims.Span)!.AsObject();
        token.Remove(SignInMember);
        return Encoding.UTF8.GetBytes(token.ToJsonString());
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class ClaimsJson : System.Text.Json.Serialization.JsonSerializerContext;
