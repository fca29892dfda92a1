using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The open connections, by session. Their credential is read only when they begin, so they are closed when the session ends.
/// </summary>
internal sealed class OpenConnections(TimeProvider clock)
{
    private readonly Dictionary<SessionId, OpenSession> _open = [];
    private readonly Lock _lock = new();
    private bool _isStopping;

    /// <summary>Registers a request until its response is complete. The end of the session closes it.</summary>
    public void Add(ConnectionOwner owner, HttpContext context)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(owner.Session, out var session) && session.Connections.Exists(c => c.Key == context))
                return;
        }
        var isCall = LongConnection.IsGrpc(context.Request);
        context.Response.RegisterForDispose(Add(owner, context, isCall, () => LongConnection.Abort(context, isCall)));
    }

    /// <summary>Registers a connection of another kind until the result is disposed.</summary>
    /// <param name="owner">Whose connection it is.</param>
    /// <param name="key">The connection.</param>
    /// <param name="close">Closes it.</param>
    public IDisposable Add(ConnectionOwner owner, object key, Action close) => Add(owner, key, isCall: false, close);

    private OpenConnection Add(ConnectionOwner owner, object key, bool isCall, Action close)
    {
        var connection = new OpenConnection(this, owner.Session, key, isCall, close);
        lock (_lock)
        {
            if (_isStopping && !isCall)
            {
                close();
                return connection;
            }
            if (!_open.TryGetValue(owner.Session, out var session))
                _open.Add(owner.Session, session = new());
            session.Add(owner);
            session.Connections.Add(connection);
        }
        return connection;
    }

    /// <summary>Closes the connections of a session.</summary>
    public void End(SessionId id)
    {
        lock (_lock)
        {
            // The lock prevents closing a completed connection: the server reuses its contexts.
            if (_open.Remove(id, out var session))
                session.Connections.ForEach(connection => connection.Close(clock));
        }
    }

    /// <summary>Closes the connections that were opened by cookie tickets of a user and whose session has not been started.</summary>
    public void EndTicketsOf(string subject, SessionId? except)
    {
        lock (_lock)
        {
            var ids = _open.Where(pair => pair.Value.Owner is { Ticket: not null } owner && owner.Subject == subject);
            foreach (var (id, _) in ids.Where(pair => pair.Key != except).ToList())
                End(id);
        }
    }

    /// <summary>
    /// Closes every connection because the host stops. An open connection would delay the stop for the whole shutdown timeout. Calls of
    /// gRPC may be short, so they may complete.
    /// </summary>
    public void EndAll()
    {
        lock (_lock)
        {
            _isStopping = true;
            Cut(static connection => !connection.IsCall);
        }
    }

    /// <summary>Closes every connection, because it is unknown which of their sessions have ended. Clients may connect again.</summary>
    public void CutAll()
    {
        lock (_lock)
            Cut(static _ => true);
    }

    // A closed connection leaves the list when its response is complete.
    private void Cut(Predicate<OpenConnection> includes)
    {
        foreach (var connection in _open.Values.SelectMany(session => session.Connections.FindAll(includes)).ToList())
            connection.Close(clock);
    }

    /// <summary>The sessions that must be looked up in the store now. They are not returned again before <see cref="CheckAt"/>.</summary>
    public IReadOnlyList<ConnectionOwner> TakeDue(DateTimeOffset now)
    {
        lock (_lock)
        {
            List<ConnectionOwner>? due = null;
            foreach (var session in _open.Values)
            {
                if (session.CheckAt > now)
                    continue;
                session.CheckAt = DateTimeOffset.MaxValue;
                (due ??= []).Add(session.Owner);
            }
            return due ?? [];
        }
    }

    /// <summary>Sets when a session must be looked up again, if it still has connections.</summary>
    public void CheckAt(SessionId id, DateTimeOffset time)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(id, out var session) && time < session.CheckAt)
                session.CheckAt = time;
        }
    }

    private sealed class OpenSession
    {
        public List<OpenConnection> Connections { get; } = [];

        public ConnectionOwner Owner { get; private set; } = null!;

        public DateTimeOffset CheckAt { get; set; } = DateTimeOffset.MaxValue;

        public void Add(ConnectionOwner owner)
        {
            // A ticket says how to check a session that has not been started.
            if (Owner?.Ticket is null)
                Owner = owner;
            if (owner.CheckAt < CheckAt)
                CheckAt = owner.CheckAt;
        }
    }

    private sealed class OpenConnection(OpenConnections all, SessionId id, object key, bool isCall, Action close) : IDisposable
    {
        // A call may end its own session, as a sign-out does. It has this time to answer.
        private static readonly TimeSpan TimeToAnswer = TimeSpan.FromSeconds(1);

        private ITimer? _timer;
        private bool _isOver;

        public object Key => key;

        public bool IsCall => isCall;

        public void Close(TimeProvider clock)
        {
            if (isCall)
                _timer ??= clock.CreateTimer(
                    static state => ((OpenConnection)state!).CloseNow(),
                    this,
                    TimeToAnswer,
                    Timeout.InfiniteTimeSpan
                );
            else
                close();
        }

        private void CloseNow()
        {
            lock (all._lock)
            {
                if (!_isOver)
                    close();
            }
        }

        public void Dispose()
        {
            lock (all._lock)
            {
                (_isOver, var timer) = (true, _timer);
                timer?.Dispose();
                if (all._open.TryGetValue(id, out var session) && session.Connections.Remove(this) && session.Connections.Count == 0)
                    all._open.Remove(id);
            }
        }
    }
}
