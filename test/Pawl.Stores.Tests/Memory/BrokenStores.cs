namespace Pawl.Stores.Tests.Memory;

// Each breaks one promise of MemoryStore, in a way that a real store could.

/// <summary>Reads, compares and writes in three steps, which others come between.</summary>
internal sealed class RotationWithoutCompareAndSet(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken)
    {
        var session = await FindAsync(move.Id, cancellationToken);
        if (session is not { End: null } || session.Head != move.From)
            return null;
        await Task.Yield();
        lock (State.Gate)
            return State.Sessions[move.Id] = session with { Head = move.To, LastUsedAt = move.At };
    }
}

/// <summary>Moves the head of a session that has ended.</summary>
internal sealed class RotationAfterTheEnd(MemoryState state) : MemoryStore(state)
{
    public override ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken)
    {
        lock (State.Gate)
        {
            if (State.Sessions.GetValueOrDefault(move.Id) is not { } session || session.Head != move.From)
                return new((Session?)null);
            return new(State.Sessions[move.Id] = session with { Head = move.To, LastUsedAt = move.At });
        }
    }
}

/// <summary>Ends a session and enters nothing in the feed.</summary>
internal sealed class EndingOutsideTheFeed(MemoryState state) : MemoryStore(state)
{
    public override ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken)
    {
        lock (State.Gate)
        {
            if (State.FindLive(id) is not { } session)
                return new(false);
            State.Sessions[id] = session with { End = ending };
            return new(true);
        }
    }
}

/// <summary>Counts positions from what is left in the feed, so that pruning starts them again.</summary>
internal sealed class PositionsThatStartAgain(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(
        long after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var all = await base.ReadEndingsAsync(0, int.MaxValue, cancellationToken);
        return [.. all.Select(static (ending, i) => ending with { Position = i + 1 }).Where(e => e.Position > after).Take(limit)];
    }
}

/// <summary>Does not know a session that it has lost, and so does not end it.</summary>
internal sealed class LostSessionThatIsNotEntered(MemoryState state) : MemoryStore(state)
{
    public override ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken) =>
        EndAsync(id, ending, cancellationToken);
}

/// <summary>Lists the oldest first.</summary>
internal sealed class ListOutOfOrder(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<IReadOnlyList<Session>> ListAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    ) => [.. (await base.ListAsync(subject, after, limit, cancellationToken)).Reverse()];
}

/// <summary>Removes what was not used for long, and counts from the sign-in.</summary>
internal sealed class PruningBySignIn(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<int> PruneAsync(
        DateTimeOffset expiredBefore,
        DateTimeOffset unusedSince,
        CancellationToken cancellationToken
    )
    {
        var removed = await base.PruneAsync(expiredBefore, unusedSince, cancellationToken);
        lock (State.Gate)
        {
            var old = State.Sessions.Values.Where(session => session.CreatedAt <= unusedSince).ToList();
            return removed + old.Count(session => State.Sessions.Remove(session.Id));
        }
    }
}

/// <summary>Writes keys over those of another node.</summary>
internal sealed class KeysWithoutCompareAndSet(MemoryState state) : MemoryStore(state)
{
    public override ValueTask<bool> TryWriteKeysAsync(KeyDocument document, CancellationToken cancellationToken)
    {
        lock (State.Gate)
            State.Keys = document with { Version = State.Keys.Version + 1 };
        return new(true);
    }
}

/// <summary>Keeps half of a surrogate pair as it comes.</summary>
internal sealed class TextThatIsNotChecked(MemoryState state) : MemoryStore(state)
{
    public override ValueTask CreateAsync(Session session, SessionProperties properties, CancellationToken cancellationToken)
    {
        lock (State.Gate)
            State.Sessions.Add(session.Id, MemoryState.ToMilliseconds(session));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Keeps one content for all sessions.</summary>
internal sealed class PropertiesThatAreShared(MemoryState state) : MemoryStore(state)
{
    public override ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken)
    {
        lock (State.Gate)
        {
            var version = State.Sessions.GetValueOrDefault(id)?.PropertiesVersion ?? 0;
            return new(version == 0 ? default(SessionProperties) : new(version, State.Properties.Values.First(p => p != default).Content));
        }
    }
}

/// <summary>Keeps the version of new properties and the content of the old ones.</summary>
internal sealed class PropertiesThatAreMixed(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<bool> UpdateAsync(SessionId id, SessionChange change, CancellationToken cancellationToken)
    {
        var old = await FindPropertiesAsync(id, cancellationToken);
        if (change.Properties is { Version: > 0 } properties && old != default)
            change = change with { Properties = new(properties.Version, old.Content) };
        return await base.UpdateAsync(id, change, cancellationToken);
    }
}

/// <summary>Writes a session anew at each rotation, without its properties.</summary>
internal sealed class PropertiesThatARotationDrops(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken)
    {
        var rotated = await base.RotateAsync(move, cancellationToken);
        lock (State.Gate)
            State.Properties.Remove(move.Id);
        return rotated;
    }
}

/// <summary>Keeps the properties of a session that has ended, and returns them.</summary>
internal sealed class PropertiesThatOutliveTheEnd(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken)
    {
        var properties = await FindPropertiesAsync(id, cancellationToken);
        var ended = await base.EndAsync(id, ending, cancellationToken);
        lock (State.Gate)
            State.Properties[id] = properties;
        return ended;
    }

    public override ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken)
    {
        lock (State.Gate)
            return new(State.Properties.GetValueOrDefault(id));
    }
}

/// <summary>Reads whether a session has a key and writes one in two steps, which others come between.</summary>
internal sealed class BindingWithoutCompareAndSet(MemoryState state) : MemoryStore(state)
{
    public override async ValueTask<bool> BindAsync(SessionId id, DeviceKey key, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { End: null, DeviceKey: null } session)
            return false;
        await Task.Yield();
        lock (State.Gate)
            State.Sessions[id] = session with { DeviceKey = key };
        return true;
    }
}

/// <summary>Moves a session that has a key on, with or without a proof.</summary>
internal sealed class RotationWithoutProof(MemoryState state) : MemoryStore(state)
{
    public override ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken) =>
        base.RotateAsync(move with { HasDeviceProof = true }, cancellationToken);
}
