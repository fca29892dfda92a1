using System.Runtime.CompilerServices;

namespace Pawl.Testing;

/// <summary>
/// Sessions and keys in memory, for tests of an app. It passes the contracts of every store. Members are virtual so that the tests of the
/// contracts can break one promise at a time.
/// </summary>
internal class MemoryStore(MemoryState state) : ISessionStore, IKeyStore
{
    private const int Step = 500;

    protected MemoryState State => state;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public virtual ValueTask CreateAsync(Session session, SessionProperties properties, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(session);
        lock (state.Gate)
        {
            if (!state.Sessions.TryAdd(session.Id, MemoryState.ToMilliseconds(session)))
                throw new ArgumentException("There is a session of that id.", nameof(session));
            state.Write(session.Id, properties);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken)
    {
        lock (state.Gate)
            return new(state.Sessions.GetValueOrDefault(id));
    }

    public virtual ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken)
    {
        lock (state.Gate)
            return new(state.FindLive(id) is null ? default : state.Properties.GetValueOrDefault(id));
    }

    public virtual ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken)
    {
        lock (state.Gate)
        {
            if (
                state.FindLive(move.Id) is not { } session
                || session.Head != move.From
                || session.ExpiresAt <= move.At
                || session.LastUsedAt <= move.UsedSince
                || (session.DeviceKey is not null && !move.HasDeviceProof)
            )
                return new((Session?)null);
            return new(state.Sessions[move.Id] = session with { Head = move.To, LastUsedAt = move.At });
        }
    }

    public virtual ValueTask<bool> UpdateAsync(SessionId id, SessionChange change, CancellationToken cancellationToken)
    {
        SessionText.ThrowIfNotKept(change.SecurityStamp);
        lock (state.Gate)
        {
            if (state.FindLive(id) is not { } session)
                return new(false);
            state.Sessions[id] = session with
            {
                Claims = change.Claims ?? session.Claims,
                SecurityStamp = change.SecurityStamp ?? session.SecurityStamp,
            };
            if (change.Properties is { } properties)
                state.Write(id, properties);
            return new(true);
        }
    }

    public virtual ValueTask<bool> BindAsync(SessionId id, DeviceKey key, CancellationToken cancellationToken)
    {
        lock (state.Gate)
        {
            if (state.FindLive(id) is not { } session)
                return new(false);
            if (session.DeviceKey is { } bound)
                return new(bound.Content.Span.SequenceEqual(key.Content.Span));
            state.Sessions[id] = session with { DeviceKey = MemoryState.ToMilliseconds(key) };
            return new(true);
        }
    }

    public virtual ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken)
    {
        lock (state.Gate)
            return new(state.FindLive(id) is { } session && state.End(session, ending));
    }

    public virtual ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken)
    {
        lock (state.Gate)
        {
            var session = state.Sessions.ContainsKey(id) ? state.FindLive(id) : MemoryState.Lost(id, ending);
            return new(session is not null && state.End(session, ending));
        }
    }

    public virtual async IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject,
        SessionId? except,
        SessionEnd ending,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var step in (await ListAsync(subject, null, int.MaxValue, cancellationToken)).Chunk(Step))
        {
            var ended = new List<SessionId>();
            foreach (var session in step.Where(session => session.Id != except))
            {
                if (await EndAsync(session.Id, ending, cancellationToken))
                    ended.Add(session.Id);
            }
            if (ended.Count > 0)
                yield return ended;
        }
    }

    public virtual ValueTask<IReadOnlyList<Session>> ListAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        SessionText.ThrowIfNotKept(subject);
        lock (state.Gate)
            return new([
                .. state
                    .Sessions.Values.Where(session => session.Subject == subject && session.End is null)
                    .Where(session => after is not { } place || MemoryState.Order.Compare(SessionPosition.Of(session), place) > 0)
                    .OrderBy(SessionPosition.Of, MemoryState.Order)
                    .Take(limit),
            ]);
    }

    public virtual ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken)
    {
        lock (state.Gate)
            return new([.. state.Endings.Where(ending => ending.Position > after).Take(limit)]);
    }

    public virtual async ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken)
    {
        Task next;
        lock (state.Gate)
            next = state.Position > after ? Task.CompletedTask : state.NextEnding.Task;
        await next.WaitAsync(cancellationToken);
    }

    public ValueTask CheckAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public virtual ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (state.Gate)
        {
            state.Endings.RemoveAll(ending => ending.End.At < expiredBefore);
            var old = state.Sessions.Values.Where(session =>
                session.ExpiresAt < expiredBefore || session.End?.At < expiredBefore || session.LastUsedAt < unusedSince
            );
            return new(old.ToList().Count(session => state.Sessions.Remove(session.Id)));
        }
    }

    public ValueTask<KeyDocument> ReadKeysAsync(CancellationToken cancellationToken)
    {
        lock (state.Gate)
            return new(state.Keys);
    }

    public virtual ValueTask<bool> TryWriteKeysAsync(KeyDocument document, CancellationToken cancellationToken)
    {
        lock (state.Gate)
        {
            if (state.Keys.Version != document.Version)
                return new(false);
            state.Keys = document with { Version = document.Version + 1 };
            return new(true);
        }
    }
}
