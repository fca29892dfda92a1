namespace Pawl.AspNetCore;

/// <summary>A key that signs access tokens, without the key.</summary>
public sealed record SigningKeyInfo
{
    /// <summary>The <c>kid</c>, an RFC 7638 thumbprint.</summary>
    public required string KeyId { get; init; }

    /// <summary>The <c>alg</c>, such as <c>ES256</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>When it starts to sign; it is published before.</summary>
    public required DateTimeOffset ActivatesAt { get; init; }

    /// <summary>When it stops to sign; its tokens stay good until they expire.</summary>
    public required DateTimeOffset RetiresAt { get; init; }
}
