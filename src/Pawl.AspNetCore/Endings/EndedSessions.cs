using System.Collections.Concurrent;

namespace Pawl.AspNetCore;

/// <summary>
/// The sessions that ended within the last lifetime of an access token. Their access tokens are refused, although they have not expired.
/// The list is in memory and holds the endings of a few minutes.
/// </summary>
internal sealed class EndedSessions
{
    /// <summary>The connections that are closed when their session ends.</summary>
    public OpenConnections Connections { get; }

    /// <summary>What is told of the end of a session before its connections are closed.</summary>
    public EndingListeners Listeners { get; } = new();

    private readonly ConcurrentDictionary<SessionId, SessionEnd> _ended = new();

    public EndedSessions(TimeProvider clock) => Connections = new(clock);

    public EndedSessions(PawlMetrics metrics, TimeProvider clock)
        : this(clock)
    {
        metrics.Observe("pawl.sessions.revoked", () => Count, "{session}", "Endings remembered in memory.");
    }

    /// <summary>The number of remembered endings.</summary>
    public int Count => _ended.Count;

    /// <summary>Remembers an ending. Returns false if it was known.</summary>
    public bool Add(SessionId id, SessionEnd end)
    {
        if (!_ended.TryAdd(id, end))
            return false;
        Close(id);
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
        Close(id);
        return false;
    }

    /// <summary>Tells the listeners of a session and closes its connections. For a session that has ended or timed out.</summary>
    public void Close(SessionId id)
    {
        Listeners.End(id);
        Connections.End(id);
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
