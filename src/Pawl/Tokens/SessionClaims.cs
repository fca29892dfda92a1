using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pawl;

/// <summary>What an app may put into its access tokens, and what it may not: the names that say what a token is are ours alone.</summary>
internal static class SessionClaims
{
    /// <summary>
    /// The member in which a session keeps the claims that its sign-in gave besides the user's own, so that they stay while the
    /// user's are renewed. No access token has it.
    /// </summary>
    public const string SignInMember = "pawl_sign_in";

    /// <summary>Whether a claim of that name is set by Pawl alone.</summary>
    public static bool IsReserved(string name) => name is "iss" or "aud" or "exp" or "nbf" or "iat" or "jti" or "sub" or "sid" or "cnf";

    /// <summary>Brings claims into the form that <see cref="Session.Claims"/> holds.</summary>
    /// <param name="json">A JSON object in UTF-8 that names each claim once, none of them reserved, and has a <c>client_id</c>.</param>
    /// <exception cref="ArgumentException">It is anything else; the message names the claim.</exception>
    public static ReadOnlyMemory<byte> Vet(ReadOnlyMemory<byte> json)
    {
        using var document = StrictJson.ParseObject(json)
            ?? throw new ArgumentException("Claims are one JSON object that names each claim once.", nameof(json));
        foreach (var claim in document.RootElement.EnumerateObject())
        {
            if (IsReserved(claim.Name))
                throw new ArgumentException($"The claim '{claim.Name}' is set by Pawl alone.", nameof(json));
        }
        if (StrictJson.GetText(document.RootElement, "client_id"u8, 256) is null)
            throw new ArgumentException("Claims name the client in 'client_id'.", nameof(json));
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(document.RootElement, ClaimsJson.Default.JsonElement);
        }
        catch (JsonException e)
        {
            throw new ArgumentException("A claim holds half of a surrogate pair, which is no text.", nameof(json), e);
        }
    }

    /// <summary>The claims that an access token carries: those of a session without <see cref="SignInMember"/>.</summary>
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
