using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>The keys that all nodes share through the store: made when they are needed, by one node, and read again by all.</summary>
internal sealed class KeyRingProvider(
    IKeyStore store, KeyProtection protection, IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock, ILogger<KeyRingProvider> logger) : IDisposable
{
    // Longer than the ten minutes for which the key set may be cached, and than anybody's clock is off.
    private static readonly TimeSpan PublishAhead = TimeSpan.FromDays(1);
    private static readonly TimeSpan RefreshTokenKeySigningTime = TimeSpan.FromDays(365);
    // Beyond any clock that a node could take part with. One that is behind and found no key active would make one that the others do not know yet, and refuse.
    private static readonly TimeSpan SlowClocks = TimeSpan.FromMinutes(5);
    private const int Attempts = 10;

    // Whoever sends nonsense cannot have the store read more often than that.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, object> _opened = [];
    private readonly SemaphoreSlim _updating = new(1, 1);
    private volatile KeyRing? _ring;
    private string? _roles;
    private long _readAt;

    /// <summary>The keys in force.</summary>
    public KeyRing Ring => _ring ?? throw new StoreUnavailableException("The keys have not been read yet.");

    /// <summary>Reads the keys, and makes those that are due; of several nodes that try at once, one succeeds.</summary>
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
    /// Whether a ring, which lacks the key that a token names, is out of date: another node may have made that key a moment ago, and a client that has refreshed there is not to be
    /// refused here. The keys are read for it, unless that was done seconds ago.
    /// </summary>
    public async Task<bool> IsOutdatedAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        // Whoever comes while they are being read waits for that.
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
            // The token is refused as it would have been; the reading by the clock says what is wrong.
        }
        finally
        {
            _updating.Release();
        }
        return Ring != ring;
    }

    private bool IsFresh => clock.GetElapsedTime(Volatile.Read(ref _readAt)) < ShortestInterval;

    private async Task ReadOrMakeAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            Volatile.Write(ref _readAt, clock.GetTimestamp());
            var document = await store.ReadKeysAsync(cancellationToken);
            var keys = StoredKey.ReadAll(document.Content);
            var now = clock.GetUtcNow();
            var due = MakeDue(keys, now);
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
        return [.. StoredKey.ReadAll((await store.ReadKeysAsync(cancellationToken)).Content)
            .Where(k => k.Purpose is KeyPurpose.AccessToken && k.ExpiresAt > now)
            .OrderBy(static k => k.ActivatesAt)
            .Select(static k => new SigningKeyInfo
            {
                KeyId = k.Id,
                Algorithm = k.Algorithm,
                ActivatesAt = k.ActivatesAt,
                RetiresAt = k.RetiresAt,
            })];
    }

    /// <summary>
    /// Takes a signing key out of use at once, as after a leak: every node refuses its tokens as soon as it has read the keys again (within a minute), and
    /// clients recover by one refresh. False if there is no such key.
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

    /// <summary>Takes every key out of use at once and makes others: no token that anybody holds proves anything any more.</summary>
    public async Task ReplaceAllAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var document = await store.ReadKeysAsync(cancellationToken);
            if (!await store.TryWriteKeysAsync(document with { Content = StoredKey.WriteAll(MakeDue([], clock.GetUtcNow())) }, cancellationToken))
                continue;
            foreach (var key in StoredKey.ReadAll(document.Content))
                logger.KeyRevoked(key.Id);
            await UpdateAsync(cancellationToken);
            return;
        }
        throw new StoreUnavailableException("Other nodes keep changing the keys.");
    }

    private List<StoredKey> MakeDue(IReadOnlyList<StoredKey> keys, DateTimeOffset now)
    {
        var o = options.Get(scheme.Name);
        var due = new List<StoredKey>();
        // A day's margin on both: nothing is gained by forgetting a key to the minute.
        var accessTokens = new KeySchedule(o.SigningKeyLifetime, PublishAhead, o.AccessTokenLifetime + o.ClockSkew + TimeSpan.FromDays(1));
        if (accessTokens.NextActivation(keys, KeyPurpose.AccessToken, now) is { } activation)
        {
            using var key = KeyMaker.MakeSigningKey(o.SigningAlgorithm, out var pkcs8);
            due.Add(accessTokens.Make(KeyPurpose.AccessToken, key.KeyId, key.Algorithm.Name, ActiveEverywhere(activation, now), protection.Protect(pkcs8)));
            CryptographicOperations.ZeroMemory(pkcs8);
        }
        var refreshTokens = new KeySchedule(RefreshTokenKeySigningTime, PublishAhead, o.AbsoluteTimeout + TimeSpan.FromDays(1));
        if (refreshTokens.NextActivation(keys, KeyPurpose.RefreshToken, now) is { } at)
        {
            var number = KeyMaker.NextNumber(keys);
            due.Add(refreshTokens.Make(KeyPurpose.RefreshToken, number, "HS256", ActiveEverywhere(at, now), protection.Protect(RandomNumberGenerator.GetBytes(RefreshTokenKey.SecretSize))));
        }
        return due;
    }

    private static DateTimeOffset ActiveEverywhere(DateTimeOffset activation, DateTimeOffset now) => activation == now ? now - SlowClocks : activation;

    private void Open(IReadOnlyList<StoredKey> keys, DateTimeOffset now)
    {
        var alive = keys.Where(k => k.ExpiresAt > now).ToList();
        var signing = KeySchedule.FindActive(alive, KeyPurpose.AccessToken, now);
        var writing = KeySchedule.FindActive(alive, KeyPurpose.RefreshToken, now);
        // The same keys in the same roles are the same ring: verified tokens are remembered together with it.
        var roles = string.Join(' ', alive.Select(Name).Append(signing?.Id).Append(writing?.Id));
        if (roles == _roles)
            return;
        var refreshTokenKeys = alive.Where(static k => k.Purpose is KeyPurpose.RefreshToken).OrderByDescending(k => k == writing);
        _ring = new KeyRing(
            signing is null ? null : (SigningKey)Open(signing),
            [.. alive.Where(static k => k.Purpose is KeyPurpose.AccessToken).Select(k => (SigningKey)Open(k))],
            [.. refreshTokenKeys.Select(k => (RefreshTokenKey)Open(k))]);
        _roles = roles;
    }

    // Opened keys are never disposed of: an answer that is being written may still hold one, and there are a handful in a year.
    private object Open(StoredKey key)
    {
        var name = Name(key);
        if (!_opened.TryGetValue(name, out var opened))
        {
            var secret = protection.Unprotect(key);
            opened = key.Purpose is KeyPurpose.RefreshToken
                ? new RefreshTokenKey(byte.Parse(key.Id, System.Globalization.CultureInfo.InvariantCulture), secret)
                : SigningKey.ImportPrivateKey(SigningAlgorithm.Find(key.Algorithm)
                    ?? throw new StoreUnavailableException($"The stored key {key.Id} is for the algorithm '{key.Algorithm}', which this program does not know."), secret);
            CryptographicOperations.ZeroMemory(secret);
            _opened.Add(name, opened);
        }
        return opened;
    }

    // The secret is part of who a key is: where all keys were deleted, the next refresh-token key has the number of the first, and must not be taken for it.
    private static string Name(StoredKey key) => $"{key.Purpose}/{key.Id}/{Convert.ToHexStringLower(SHA256.HashData(key.Secret))}";

    public void Dispose() => _updating.Dispose();
}
