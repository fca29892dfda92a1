using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The open WebSockets and event streams, by session. Their access token is read only when they begin, so they are closed when the
/// session ends.
/// </summary>
internal sealed class OpenConnections
{
    private readonly Dictionary<SessionId, List<HttpContext>> _open = [];
    private readonly Lock _lock = new();
    private bool _isStopping;

    /// <summary>Registers a connection until its response is complete. The end of the session closes it.</summary>
    public void Add(SessionId id, HttpContext context)
    {
        var entry = new Entry(this, id, context);
        lock (_lock)
        {
            if (_isStopping)
            {
                context.Abort();
                return;
            }
            if (!_open.TryGetValue(id, out var contexts))
                _open.Add(id, contexts = []);
            if (contexts.Contains(context))
                return;
            contexts.Add(context);
        }
        context.Response.RegisterForDispose(entry);
    }

    public void End(SessionId id)
    {
        lock (_lock)
        {
            // The lock prevents closing a completed connection: the server reuses its contexts.
            if (_open.Remove(id, out var contexts))
                contexts.ForEach(static context => context.Abort());
        }
    }

    /// <summary>
    /// Closes every connection because the host stops. An open connection would delay the stop for the whole shutdown timeout.
    /// </summary>
    public void EndAll()
    {
        lock (_lock)
        {
            _isStopping = true;
            Cut();
        }
    }

    /// <summary>Closes every connection, because it is unknown which of their sessions have ended. Clients may connect again.</summary>
    public void CutAll()
    {
        lock (_lock)
            Cut();
    }

    private void Cut()
    {
        var cut = _open.Values.SelectMany(static contexts => contexts).ToList();
        _open.Clear();
        cut.ForEach(static context => context.Abort());
    }

    private sealed class Entry(OpenConnections connections, SessionId id, HttpContext context) : IDisposable
    {
        public void Dispose()
        {
            lock (connections._lock)
            {
                if (connections._open.TryGetValue(id, out var contexts) && contexts.Remove(context) && contexts.Count == 0)
                    connections._open.Remove(id);
            }
        }
    }
}
