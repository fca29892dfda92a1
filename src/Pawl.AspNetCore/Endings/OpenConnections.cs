using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The requests that stay open, WebSockets and event streams, by session. Their access token is read when they begin and never again, so
/// they are cut when the session ends.
/// </summary>
internal sealed class OpenConnections
{
    private readonly Dictionary<SessionId, List<HttpContext>> _open = [];
    private readonly Lock _lock = new();
    private bool _isStopping;

    /// <summary>From here until the answer is complete, the end of the session cuts the connection.</summary>
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
            // Under the lock, so that none is cut after it has been completed: the server uses its contexts again.
            if (_open.Remove(id, out var contexts))
                contexts.ForEach(static context => context.Abort());
        }
    }

    /// <summary>
    /// Closes every connection because the host stops: an open connection would hold the stop up for the whole shutdown timeout.
    /// </summary>
    public void EndAll()
    {
        lock (_lock)
        {
            _isStopping = true;
            foreach (var contexts in _open.Values)
                contexts.ForEach(static context => context.Abort());
            _open.Clear();
        }
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
