namespace Pawl;

/// <summary>
/// When a key signs and when the next one is made: published long enough before its first use for every verifier to have fetched it, kept until the
/// last token it signed is dead.
/// </summary>
/// <param name="SigningTime">How long a key signs.</param>
/// <param name="PublishAhead">How long before its first use the next key is made and published. Longer than any verifier caches the key set.</param>
/// <param name="TokenLifetime">The longest life of what it signs, with every allowance for clocks.</param>
internal sealed record KeySchedule(TimeSpan SigningTime, TimeSpan PublishAhead, TimeSpan TokenLifetime)
{
    /// <summary>The key that signs at <paramref name="now"/>: of those active the one that was activated last; null if there is none.</summary>
    public static StoredKey? FindActive(IEnumerable<StoredKey> keys, KeyPurpose purpose, DateTimeOffset now) => keys
        .Where(k => k.Purpose == purpose && k.ActivatesAt <= now && now < k.RetiresAt)
        .MaxBy(static k => k.ActivatesAt);

    /// <summary>When a key that has to be made now becomes active; null if none has to be made.</summary>
    public DateTimeOffset? NextActivation(IEnumerable<StoredKey> keys, KeyPurpose purpose, DateTimeOffset now)
    {
        // None signs, as at the first start or after the one that did was revoked: there is nothing to wait for.
        if (FindActive(keys, purpose, now) is null)
            return now;
        var last = keys.Where(k => k.Purpose == purpose).MaxBy(static k => k.RetiresAt)!;
        return now >= last.RetiresAt - PublishAhead ? last.RetiresAt : null;
    }

    /// <summary>A key that follows this schedule.</summary>
    public StoredKey Make(KeyPurpose purpose, string id, string algorithm, DateTimeOffset activatesAt, byte[] encryptedSecret) =>
        new(purpose, id, algorithm, activatesAt, activatesAt + SigningTime, activatesAt + SigningTime + TokenLifetime, encryptedSecret);
}
