namespace Pawl.AspNetCore;

/// <summary>Shows the keys that sign access tokens, and takes one out of use that may have leaked.</summary>
/// <remarks>Safe for concurrent use. Every method throws <see cref="StoreUnavailableException"/> when the store cannot answer.</remarks>
/// <example>
/// <code>
/// app.MapDelete("/admin/keys/{kid}", (string kid, SigningKeyManager keys) => keys.RevokeAsync(kid))
///     .RequireAuthorization(policy => policy.RequireRole("admin"));
/// </code>
/// </example>
public sealed class SigningKeyManager
{
    private readonly KeyRingProvider _keys;

    internal SigningKeyManager(KeyRingProvider keys) => _keys = keys;

    /// <summary>The keys whose tokens are good, or will be, oldest first.</summary>
    public Task<IReadOnlyList<SigningKeyInfo>> ListAsync(CancellationToken cancellationToken = default) => _keys.ListSigningKeysAsync(cancellationToken);

    /// <summary>
    /// Takes a signing key out of use at once and makes another: this node refuses its tokens when this returns, every other as soon as it has read the keys again, within
    /// a minute. Nobody is signed out; each client recovers by one refresh. False if there is no such key.
    /// </summary>
    /// <param name="keyId">The <c>kid</c>: what the tokens' headers and the key set call it.</param>
    /// <param name="cancellationToken">Gives up before the key is revoked.</param>
    public Task<bool> RevokeAsync(string keyId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        return _keys.RevokeSigningKeyAsync(keyId, cancellationToken);
    }
}
