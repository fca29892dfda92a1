using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Makes the keys that are due. A key that follows another is published a day before it signs.</summary>
internal sealed class DueKeys(KeyProtection protection, IOptionsMonitor<PawlOptions> options, PawlScheme scheme)
{
    // The key set may be cached for ten minutes. This is longer, with a margin for clock skew.
    private static readonly TimeSpan PublishAhead = TimeSpan.FromDays(1);
    private static readonly TimeSpan RefreshTokenKeySigningTime = TimeSpan.FromDays(365);

    // New keys are back-dated by more than any tolerated clock skew. A node whose clock is slow then sees the key as active. Otherwise it
    // would make another key, which other nodes do not know yet.
    private static readonly TimeSpan ActivationBackdate = TimeSpan.FromMinutes(5);

    public List<StoredKey> Make(IReadOnlyList<StoredKey> keys, DateTimeOffset now)
    {
        var o = options.Get(scheme.Name);
        var due = new List<StoredKey>();
        // A day's margin on both. Removing a key to the minute would gain nothing.
        var accessTokens = new KeySchedule(o.SigningKeyLifetime, PublishAhead, o.AccessTokenLifetime + o.ClockSkew + TimeSpan.FromDays(1));
        if (accessTokens.NextActivation(keys, KeyPurpose.AccessToken, now) is { } activation)
        {
            using var key = KeyMaker.MakeSigningKey(o.SigningAlgorithm, out var pkcs8);
            due.Add(
                accessTokens.Make(
                    KeyPurpose.AccessToken,
                    key.KeyId,
                    key.Algorithm.Name,
                    ActiveEverywhere(activation, now),
                    protection.Protect(pkcs8)
                )
            );
            CryptographicOperations.ZeroMemory(pkcs8);
        }
        var refreshTokens = new KeySchedule(RefreshTokenKeySigningTime, PublishAhead, o.AbsoluteTimeout + TimeSpan.FromDays(1));
        if (refreshTokens.NextActivation(keys, KeyPurpose.RefreshToken, now) is { } at)
        {
            var number = KeyMaker.NextNumber(keys);
            due.Add(
                refreshTokens.Make(
                    KeyPurpose.RefreshToken,
                    number,
                    "HS256",
                    ActiveEverywhere(at, now),
                    protection.Protect(RandomNumberGenerator.GetBytes(RefreshTokenKey.SecretSize))
                )
            );
        }
        return due;
    }

    private static DateTimeOffset ActiveEverywhere(DateTimeOffset activation, DateTimeOffset now) =>
        activation == now ? now - ActivationBackdate : activation;
}
