using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The items of sessions that this node has read. A session has one entry. A change is a new version, so an entry that names the version
/// of an access token never misleads.
/// </summary>
internal sealed class CachedItems(IOptionsMonitor<PawlOptions> options, PawlScheme scheme)
{
    // Of an entry without its items, with the place in the dictionary.
    private const int OfEntry = 200;

    private readonly ConcurrentDictionary<SessionId, ReadVersion> _entries = [];
    private long _size;

    /// <summary>The items that a token names; null if this node has not read them.</summary>
    public SessionItems? Find(AccessToken token)
    {
        if (
            !_entries.TryGetValue(token.SessionId, out var entry)
            || (entry.Found != token.PropertiesVersion && entry.Asked != token.PropertiesVersion)
        )
            return null;
        entry.Use(token.ExpiresAt);
        return entry.Items;
    }

    /// <summary>Adds what was read for a token, or written. If the cache would be too large, some older entries are removed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="asked">The version that the token names.</param>
    /// <param name="found">The version that the store has; 0 if it has none.</param>
    /// <param name="items">The items of that version.</param>
    /// <param name="expiresAt">When the token expires.</param>
    public void Set(SessionId session, long asked, long found, SessionItems items, DateTimeOffset expiresAt)
    {
        Remove(session);
        var entry = new ReadVersion(asked, found, items, OfEntry + items.Size);
        entry.Use(expiresAt);
        if (_entries.TryAdd(session, entry) && Interlocked.Add(ref _size, entry.Size) > Limit)
            MakeRoom();
    }

    /// <summary>Removes the items of sessions whose access tokens have all expired.</summary>
    public void Forget(DateTimeOffset expiredBefore)
    {
        foreach (var (session, entry) in _entries)
        {
            if (entry.ExpiresAt < expiredBefore)
                Remove(session);
        }
    }

    public void Remove(SessionId session)
    {
        if (_entries.TryRemove(session, out var entry))
            Interlocked.Add(ref _size, -entry.Size);
    }

    // As much as the cache of verified tokens may take besides.
    private long Limit => options.Get(scheme.Name).VerifiedTokenCacheBytes;

    // Removes an arbitrary tenth. A removed entry costs one read to return.
    private void MakeRoom()
    {
        foreach (var (session, _) in _entries)
        {
            if (Volatile.Read(ref _size) <= Limit / 10 * 9)
                return;
            Remove(session);
        }
    }

    private sealed class ReadVersion(long asked, long found, SessionItems items, int size)
    {
        private long _expiresAt;

        public long Asked => asked;

        public long Found => found;

        public SessionItems Items => items;

        public int Size => size;

        public DateTimeOffset ExpiresAt => new(Volatile.Read(ref _expiresAt), TimeSpan.Zero);

        /// <summary>Keeps the entry at least until an access token expires.</summary>
        public void Use(DateTimeOffset until)
        {
            if (until.UtcTicks > Volatile.Read(ref _expiresAt))
                Volatile.Write(ref _expiresAt, until.UtcTicks);
        }
    }
}
