using System.Text.Json.Serialization;

namespace Pawl.AspNetCore;

// Only API descriptions use these types. The endpoints read their bodies strictly by hand: each member once, and no other.

/// <summary>The body of a sign-out.</summary>
internal sealed class LogoutRequest
{
    /// <summary>One of <c>current</c>, <c>others</c> and <c>everywhere</c>.</summary>
    [JsonPropertyName("scope")]
    public string? Scope { get; init; }
}

/// <summary>The form of the refresh grant (RFC 6749, section 6).</summary>
internal sealed class RefreshGrantForm
{
    [JsonPropertyName("grant_type")]
    public required string GrantType { get; init; }

    [JsonPropertyName("refresh_token")]
    public required string RefreshToken { get; init; }
}

/// <summary>The form of a revocation or an introspection (RFC 7009, RFC 7662).</summary>
internal sealed class TokenForm
{
    [JsonPropertyName("token")]
    public required string Token { get; init; }

    [JsonPropertyName("token_type_hint")]
    public string? TokenTypeHint { get; init; }
}
