using System.Text.Json.Serialization;

namespace Pawl.AspNetCore;

/// <summary>The discovery document (RFC 8414). The members about introspection are null if no service may ask.</summary>
internal sealed class DiscoveryResponse
{
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("jwks_uri")]
    public required string KeysUrl { get; init; }

    [JsonPropertyName("token_endpoint")]
    public required string TokenUrl { get; init; }

    [JsonPropertyName("revocation_endpoint")]
    public required string RevocationUrl { get; init; }

    [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
    public string[] RevocationMethods { get; } = ["none"];

    [JsonPropertyName("introspection_endpoint")]
    public string? IntrospectionUrl { get; init; }

    [JsonPropertyName("introspection_endpoint_auth_methods_supported")]
    public string[]? IntrospectionMethods { get; init; }

    /// <summary>This name is not in a standard.</summary>
    [JsonPropertyName("pawl_revocations_endpoint")]
    public string? RevocationsUrl { get; init; }

    [JsonPropertyName("grant_types_supported")]
    public string[] GrantTypes { get; } = ["refresh_token"];

    [JsonPropertyName("response_types_supported")]
    public string[] ResponseTypes { get; } = ["none"];

    [JsonPropertyName("token_endpoint_auth_methods_supported")]
    public string[] TokenMethods { get; } = ["none"];

    /// <summary>RFC 9449, section 5.1; null if no session may be bound.</summary>
    [JsonPropertyName("dpop_signing_alg_values_supported")]
    public string[]? ProofAlgorithms { get; init; }

    [JsonPropertyName("subject_types_supported")]
    public string[] SubjectTypes { get; } = ["public"];

    [JsonPropertyName("id_token_signing_alg_values_supported")]
    public required string[] SigningAlgorithms { get; init; }
}
