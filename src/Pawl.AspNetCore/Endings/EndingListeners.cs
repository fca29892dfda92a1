namespace Pawl.AspNetCore;

/// <summary>
/// What has to know when a session ends, by session. A listener outlives the connections of its client, which may come back without the
/// session.
/// </summary>
internal sealed class EndingListeners
{
    private readonly Dictionary<SessionId, List<Action>> _listeners = [];
    private readonly Lock _lock = new();

    /// <summary>The number of listeners.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _listeners.Values.Sum(static listeners => listeners.Count);
        }
    }

    /// <summary>Adds a listener until the result is disposed of. It must neither block nor throw.</summary>
    public IDisposable Add(SessionId id, Action onEnd)
    {
        var entry = new Registration(this, id, onEnd);
        lock (_lock)
        {
            if (!_listeners.TryGetValue(id, out var listeners))
                _listeners.Add(id, listeners = []);
            listeners.Add(onEnd);
        }
        return entry;
    }

    /// <summary>Tells the listeners of a session, each once.</summary>
    public void End(SessionId id)
    {
        List<Action>? listeners;
        lock (_lock)
            _listeners.Remove(id, out listeners);
        listeners?.ForEach(static listener => listener());
    }

    private sealed class Registration(EndingListeners owner, SessionId id, Action onEnd) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                if (owner._listeners.TryGetValue(id, out var listeners) && listeners.Remove(onEnd) && listeners.Count == 0)
                    owner._listeners.Remove(id);
            }
        }
    }
}
