using System.Collections.Concurrent;

namespace Pawl.AspNetCore;

/// <summary>
/// The sessions that ended within the last lifetime of an access token. Their access tokens are refused, although they have not expired.
/// The list is in memory and holds the endings of a few minutes.
/// </summary>
internal sealed class EndedSessions
{
    /// <summary>Runs for each session that ends, such as to close its connections.</summary>
    public OpenConnections Connections { get; } = new();

    private readonly ConcurrentDictionary<SessionId, SessionEnd> _ended = new();

    public EndedSessions() { }

    public EndedSessions(PawlMetrics metrics) =>
        metrics.Observe("pawl.sessions.revoked", () => Count, "{session}", "Endings remembered in memory.");

    /// <summary>The number of remembered endings.</summary>
    public int Count => _ended.Count;

    /// <summary>Remembers an ending. Returns false if it was known.</summary>
    public bool Add(SessionId id, SessionEnd end)
    {
        if (!_ended.TryAdd(id, end))
            return false;
        Connections.End(id);
        return true;
    }

    /// <summary>
    /// Adds an ending from the store. An ending before <paramref name="horizon"/> affects no access token any more, but it still closes
    /// connections that have been open since then. Returns true if the ending is now remembered and was not known.
    /// </summary>
    public bool Learn(SessionId id, SessionEnd end, DateTimeOffset horizon)
    {
        if (end.At >= horizon)
            return Add(id, end);
        Connections.End(id);
        return false;
    }

    /// <summary>Why the session ended; null if it has not ended.</summary>
    public SessionEndReason? Find(SessionId id) => _ended.TryGetValue(id, out var end) ? end.Reason : null;

    /// <summary>Forgets endings whose access tokens have all expired.</summary>
    public void Forget(DateTimeOffset endedBefore)
    {
        foreach (var (id, end) in _ended)
        {
            if (end.At < endedBefore)
                _ended.TryRemove(id, out _);
        }
    }
}
