namespace Pawl.AspNetCore;

/// <summary>A key that signs access tokens, without the key.</summary>
/// <param name="KeyId">The <c>kid</c>, an RFC 7638 thumbprint.</param>
/// <param name="Algorithm">The <c>alg</c>, such as <c>ES256</c>.</param>
/// <param name="ActivatesAt">When it starts to sign; it is published before.</param>
/// <param name="RetiresAt">When it stops to sign; its tokens stay good until they expire.</param>
public sealed record SigningKeyInfo(string KeyId, string Algorithm, DateTimeOffset ActivatesAt, DateTimeOffset RetiresAt);
