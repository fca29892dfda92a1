namespace Pawl;

/// <summary>A DPoP proof (RFC 9449, section 4) whose signature and claims about the request have been checked.</summary>
internal sealed record DpopProof
{
    /// <summary>The public key, in the form of <see cref="DeviceKey.Content"/>.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>The key's RFC 7638 thumbprint, which <c>cnf.jkt</c> of an access token names.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>The <c>jti</c>: unique for the key.</summary>
    public required string Id { get; init; }

    /// <summary>The <c>iat</c>, by the clock of the client.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The <c>nonce</c> that a server has given the client; null if it has none.</summary>
    public string? Nonce { get; init; }
}

/// <summary>Why a proof was refused. For logs and metrics: the client learns only that it was.</summary>
internal enum DpopError
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The proof is not three canonical base64url segments of strict JSON, or it is too long.</summary>
    Malformed,

    /// <summary>The header has another type or algorithm, or an extension.</summary>
    HeaderRefused,

    /// <summary>The header has no public key of the curve P-256, or a private one.</summary>
    KeyRefused,

    /// <summary>The signature is wrong.</summary>
    SignatureRefused,

    /// <summary>A claim is missing or of the wrong type.</summary>
    ClaimRefused,

    /// <summary>The proof is for another method.</summary>
    MethodRefused,

    /// <summary>The proof is for another URL.</summary>
    UrlRefused,

    /// <summary>The proof is for another access token, or for none.</summary>
    TokenRefused,
}
