using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>The keys that all nodes share through the store. One node makes a key when it is due, and all nodes read it.</summary>
internal sealed class KeyRingProvider(
    IKeyStore store,
    KeyProtection protection,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    TimeProvider clock,
    ILogger<KeyRingProvider> logger
) : IDisposable
{
    private const int Attempts = 10;

    // Tokens with unknown keys cannot make this node read the store more often.
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(5);

    private readonly DueKeys _dueKeys = new(protection, options, scheme);
    private readonly Dictionary<string, object> _opened = [];
    private readonly SemaphoreSlim _updating = new(1, 1);
    private volatile KeyRing? _ring;
    private string? _roles;
    private long _readAt;

    /// <summary>The keys in force.</summary>
    public KeyRing Ring => _ring ?? throw new StoreUnavailableException("The keys have not been read yet.");

    /// <summary>Reads the keys and makes those that are due. If several nodes try at once, one of them succeeds.</summary>
    public async Task UpdateAsync(CancellationToken cancellationToken)
    {
        await _updating.WaitAsync(cancellationToken);
        try
        {
            await ReadOrMakeAsync(cancellationToken);
        }
        finally
        {
            _updating.Release();
        }
    }

    /// <summary>
    /// Whether a ring that lacks the key of a token is out of date. Another node may just have made that key, and this node must not
    /// refuse a client that has refreshed there. So the keys are read again, unless they were read within the last seconds.
    /// </summary>
    public async Task<bool> IsOutdatedAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        // Concurrent callers share one read of the keys.
        if (IsFresh && _updating.CurrentCount > 0)
            return Ring != ring;
        await _updating.WaitAsync(cancellationToken);
        try
        {
            if (!IsFresh)
                await ReadOrMakeAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The token is refused as it is without this read. The periodic read logs the fault.
        }
        finally
        {
            _updating.Release();
        }
        return Ring != ring;
    }

    private bool IsFresh => clock.GetElapsedTime(Volatile.Read(ref _readAt)) < MinInterval;

    private async Task ReadOrMakeAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            Volatile.Write(ref _readAt, clock.GetTimestamp());
            var document = await store.ReadKeysAsync(cancellationToken);
            var keys = StoredKey.ReadAll(document.Content);
            var now = clock.GetUtcNow();
            var due = _dueKeys.Make(keys, now);
            if (due.Count == 0)
            {
                Open(keys, now);
                return;
            }
            var content = StoredKey.WriteAll(keys.Where(k => k.ExpiresAt > now).Concat(due));
            if (await store.TryWriteKeysAsync(document with { Content = content }, cancellationToken))
                due.ForEach(key => logger.KeyMade(key.Purpose, key.Id, key.ActivatesAt));
        }
        throw new StoreUnavailableException("Other nodes keep changing the keys.");
    }

    public async Task<IReadOnlyList<SigningKeyInfo>> ListSigningKeysAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return
        [
            .. StoredKey
                .ReadAll((await store.ReadKeysAsync(cancellationToken)).Content)
                .Where(k => k.Purpose is KeyPurpose.AccessToken && k.ExpiresAt > now)
                .OrderBy(static k => k.ActivatesAt)
                .Select(static k => new SigningKeyInfo
                {
                    KeyId = k.Id,
                    Algorithm = k.Algorithm,
                    ActivatesAt = k.ActivatesAt,
                    RetiresAt = k.RetiresAt,
                }),
        ];
    }

    /// <summary>
    /// Takes a signing key out of use at once, as after a leak. Each node refuses its tokens as soon as it has read the keys again,
    /// within a minute. Clients recover by one refresh. Returns false if there is no such key.
    /// </summary>
    public async Task<bool> RevokeSigningKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var document = await store.ReadKeysAsync(cancellationToken);
            var keys = StoredKey.ReadAll(document.Content);
            var rest = keys.Where(k => k.Purpose != KeyPurpose.AccessToken || k.Id != keyId).ToList();
            if (rest.Count == keys.Count)
                return false;
            if (!await store.TryWriteKeysAsync(document with { Content = StoredKey.WriteAll(rest) }, cancellationToken))
                continue;
            logger.KeyRevoked(keyId);
            await UpdateAsync(cancellationToken);
            return true;
        }
        throw new StoreUnavailableException("Other nodes keep changing the keys.");
    }

    /// <summary>Takes all keys out of use at once and makes new ones. No existing token is accepted any more.</summary>
    public async Task ReplaceAllAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var document = await store.ReadKeysAsync(cancellationToken);
            if (
                !await store.TryWriteKeysAsync(
                    document with
                    {
                        Content = StoredKey.WriteAll(_dueKeys.Make([], clock.GetUtcNow())),
                    },
                    cancellationToken
                )
            )
                continue;
            foreach (var key in StoredKey.ReadAll(document.Content))
                logger.KeyRevoked(key.Id);
            await UpdateAsync(cancellationToken);
            return;
        }
        throw new StoreUnavailableException("Other nodes keep changing the keys.");
    }

    private void Open(IReadOnlyList<StoredKey> keys, DateTimeOffset now)
    {
        var alive = keys.Where(k => k.ExpiresAt > now).ToList();
        var signing = KeySchedule.FindActive(alive, KeyPurpose.AccessToken, now);
        var writing = KeySchedule.FindActive(alive, KeyPurpose.RefreshToken, now);
        // The verified tokens are remembered for a ring. So the same keys in the same roles keep the same ring.
        var roles = string.Join(' ', alive.Select(Name).Append(signing?.Id).Append(writing?.Id));
        if (roles == _roles)
            return;
        var refreshTokenKeys = alive.Where(static k => k.Purpose is KeyPurpose.RefreshToken).OrderByDescending(k => k == writing);
        _ring = new KeyRing(
            signing is null ? null : (SigningKey)Open(signing),
            [.. alive.Where(static k => k.Purpose is KeyPurpose.AccessToken).Select(k => (SigningKey)Open(k))],
            [.. refreshTokenKeys.Select(k => (RefreshTokenKey)Open(k))]
        );
        _roles = roles;
    }

    // Opened keys are never disposed of, because a response that is being written may still use one. A year makes only a handful.
    private object Open(StoredKey key)
    {
        var name = Name(key);
        if (!_opened.TryGetValue(name, out var opened))
        {
            var secret = protection.Unprotect(key);
            opened =
                key.Purpose is KeyPurpose.RefreshToken
                    ? new RefreshTokenKey(byte.Parse(key.Id, System.Globalization.CultureInfo.InvariantCulture), secret)
                    : SigningKey.ImportPrivateKey(
                        SigningAlgorithm.Find(key.Algorithm)
                            ?? throw new StoreUnavailableException(
                                $"The stored key {key.Id} is for the algorithm '{key.Algorithm}', which this program does not know."
                            ),
                        secret
                    );
            CryptographicOperations.ZeroMemory(secret);
            _opened.Add(name, opened);
        }
        return opened;
    }

    // The cache key includes a hash of the secret. After all keys have been deleted, numbers start again at 1, and an old key must not be
    // mistaken for the new one.
    private static string Name(StoredKey key) => $"{key.Purpose}/{key.Id}/{Convert.ToHexStringLower(SHA256.HashData(key.Secret))}";

    public void Dispose() => _updating.Dispose();
}
