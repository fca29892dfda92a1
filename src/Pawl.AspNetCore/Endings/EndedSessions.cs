using System.Collections.Concurrent;

namespace Pawl.AspNetCore;

/// <summary>
/// The sessions that ended within the last life of an access token: what stops a token that is still good by itself. In memory only, and no larger than
/// the endings of a few minutes.
/// </summary>
internal sealed class EndedSessions
{
    /// <summary>What ends at once with a session.</summary>
    public OpenConnections Connections { get; } = new();

    private readonly ConcurrentDictionary<SessionId, SessionEnd> _ended = new();

    public EndedSessions(PawlMetrics metrics) =>
        metrics.Observe("pawl.sessions.revoked", () => Count, "{session}", "Endings remembered in memory.");

    /// <summary>How many are remembered.</summary>
    public int Count => _ended.Count;

    /// <summary>Remembers an ending. False if it was known.</summary>
    public bool Add(SessionId id, SessionEnd end)
    {
        if (!_ended.TryAdd(id, end))
            return false;
        Connections.End(id);
        return true;
    }

    /// <summary>
    /// Takes in an ending that the store tells of. An ending before <paramref name="horizon"/> stops no access token any more, but still
    /// cuts connections that have been open since. True if the ending is now remembered and was not known.
    /// </summary>
    public bool Learn(SessionId id, SessionEnd end, DateTimeOffset horizon)
    {
        if (end.At >= horizon)
            return Add(id, end);
        Connections.End(id);
        return false;
    }

    /// <summary>Why that session is over, or null.</summary>
    public SessionEndReason? Find(SessionId id) => _ended.TryGetValue(id, out var end) ? end.Reason : null;

    /// <summary>Forgets endings so old that no access token of theirs is alive.</summary>
    public void Forget(DateTimeOffset endedBefore)
    {
        foreach (var (id, end) in _ended)
        {
            if (end.At < endedBefore)
                _ended.TryRemove(id, out _);
        }
    }
}
