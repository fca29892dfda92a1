namespace Pawl;

/// <summary>The content of an access token that has been validated (RFC 9068).</summary>
internal sealed class AccessToken
{
    internal AccessToken() { }

    /// <summary>The <c>sub</c> claim.</summary>
    public required string Subject { get; init; }

    /// <summary>The <c>sid</c> claim: the session that the token belongs to.</summary>
    public required SessionId SessionId { get; init; }

    /// <summary>The <c>jti</c> claim.</summary>
    public required string Id { get; init; }

    /// <summary>The <c>client_id</c> claim.</summary>
    public required string ClientId { get; init; }

    /// <summary>The <c>iat</c> claim.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The <c>exp</c> claim, without any allowance for clock skew.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The version of the session's properties; 0 if it has none.</summary>
    public long PropertiesVersion { get; init; }

    /// <summary>
    /// The thumbprint of the key that the token is bound to (<c>cnf.jkt</c>, RFC 9449, section 6.1); null if any holder may use it.
    /// </summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>When the browser proved its device key for this token (<c>pawl_device_proof</c>); null if it did not.</summary>
    public DateTimeOffset? ProvedAt { get; init; }

    /// <summary>All claims: a JSON object in UTF-8, without duplicate names.</summary>
    public required ReadOnlyMemory<byte> Claims { get; init; }
}
