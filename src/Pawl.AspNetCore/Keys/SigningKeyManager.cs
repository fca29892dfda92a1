namespace Pawl.AspNetCore;

/// <summary>Lists the keys that sign access tokens, and revokes a key that may have leaked.</summary>
/// <remarks>
/// Safe for concurrent use. Every method throws <see cref="StoreUnavailableException"/> when the store cannot answer. The members are
/// virtual so that a test of the app can replace them.
/// </remarks>
/// <example>
/// <code>
/// app.MapDelete("/admin/keys/{kid}", (string kid, SigningKeyManager keys) => keys.RevokeAsync(kid))
///     .RequireAuthorization(policy => policy.RequireRole("admin"));
/// </code>
/// </example>
public class SigningKeyManager
{
    private readonly KeyRingProvider? _keys;

    /// <summary>For a stand-in in a test of the app, which overrides the members that the test calls. The others throw.</summary>
    protected SigningKeyManager() { }

    internal SigningKeyManager(KeyRingProvider keys) => _keys = keys;

    private KeyRingProvider Keys =>
        _keys
        ?? throw new InvalidOperationException(
            "This SigningKeyManager has no store, as it is a stand-in of a test: override the member that was called."
        );

    /// <summary>The keys whose tokens are accepted, and the next key, which is published before it signs; oldest first.</summary>
    public virtual Task<IReadOnlyList<SigningKeyInfo>> ListAsync(CancellationToken cancellationToken = default) =>
        Keys.ListSigningKeysAsync(cancellationToken);

    /// <summary>
    /// Revokes a signing key and makes another one. This node refuses tokens of the revoked key when the call returns. Every other node
    /// refuses them as soon as it has read the keys again, within a minute. No session ends: each client recovers by one refresh. Returns
    /// false if there is no such key.
    /// </summary>
    /// <param name="keyId">The <c>kid</c> of the key, as in the headers of its tokens and in the key set.</param>
    /// <param name="cancellationToken">Cancels the call before the key is revoked.</param>
    public virtual Task<bool> RevokeAsync(string keyId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        return Keys.RevokeSigningKeyAsync(keyId, cancellationToken);
    }
}
