namespace Pawl;

/// <summary>
/// When a key signs and when the next one is made. A key is published early enough for every verifier to fetch it before its first use.
/// It is kept until the last token that it signed has expired.
/// </summary>
/// <param name="SigningTime">How long a key signs.</param>
/// <param name="PublishAhead">
/// How long before its first use the next key is published. Longer than any verifier caches the key set.
/// </param>
/// <param name="TokenLifetime">The maximum lifetime of its tokens, including clock skew.</param>
internal sealed record KeySchedule(TimeSpan SigningTime, TimeSpan PublishAhead, TimeSpan TokenLifetime)
{
    /// <summary>The key that signs at <paramref name="now"/>: the active key that was activated last; null if there is none.</summary>
    public static StoredKey? FindActive(IEnumerable<StoredKey> keys, KeyPurpose purpose, DateTimeOffset now) =>
        keys.Where(k => k.Purpose == purpose && k.ActivatesAt <= now && now < k.RetiresAt).MaxBy(static k => k.ActivatesAt);

    /// <summary>The activation time of a key that must be made now; null if no key must be made.</summary>
    public DateTimeOffset? NextActivation(IEnumerable<StoredKey> keys, KeyPurpose purpose, DateTimeOffset now)
    {
        // No key signs at the first start, or after the signing key was revoked. Then the new key is active at once.
        if (FindActive(keys, purpose, now) is null)
            return now;
        var last = keys.Where(k => k.Purpose == purpose).MaxBy(static k => k.RetiresAt)!;
        return now >= last.RetiresAt - PublishAhead ? last.RetiresAt : null;
    }

    /// <summary>Creates a key with the times of this schedule.</summary>
    public StoredKey Make(KeyPurpose purpose, string id, string algorithm, DateTimeOffset activatesAt, byte[] encryptedSecret) =>
        new(purpose, id, algorithm, activatesAt, activatesAt + SigningTime, activatesAt + SigningTime + TokenLifetime, encryptedSecret);
}
