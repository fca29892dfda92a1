namespace Pawl.Testing;

/// <summary>The sessions and keys of a <see cref="MemoryStore"/>. Its members are read and written under <see cref="Gate"/>.</summary>
internal sealed class MemoryState
{
    /// <summary>The order of a list: the newest first, and within a millisecond the greatest id first.</summary>
    public static IComparer<SessionPosition> Order { get; } =
        Comparer<SessionPosition>.Create(
            static (one, two) =>
                two.CreatedAt.CompareTo(one.CreatedAt) is var byTime and not 0
                    ? byTime
                    : two.Id.ToByteArray().AsSpan().SequenceCompareTo(one.Id.ToByteArray())
        );

    public Lock Gate { get; } = new();

    public Dictionary<SessionId, Session> Sessions { get; } = [];

    public Dictionary<SessionId, SessionProperties> Properties { get; } = [];

    public List<SessionEnding> Endings { get; } = [];

    /// <summary>Sessions whose writes fail, for the tests of this store.</summary>
    public HashSet<SessionId> Poisoned { get; } = [];

    public long Position { get; private set; }

    public TaskCompletionSource NextEnding { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public KeyDocument Keys { get; set; }

    public Session? FindLive(SessionId id)
    {
        if (Poisoned.Contains(id))
            throw new StoreUnavailableException("The session is damaged.");
        return Sessions.GetValueOrDefault(id) is { End: null } session ? session : null;
    }

    public bool End(Session session, SessionEnd ending)
    {
        Sessions[session.Id] = session with { End = ending, PropertiesVersion = 0, DeviceKey = null };
        Properties.Remove(session.Id);
        Endings.Add(new(++Position, session.Id, ending));
        NextEnding.SetResult();
        NextEnding = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return true;
    }

    /// <summary>Replaces or removes the properties of a session.</summary>
    public void Write(SessionId id, SessionProperties properties)
    {
        Sessions[id] = Sessions[id] with { PropertiesVersion = properties.Version };
        Properties[id] = properties;
    }

    /// <summary>A session that the store does not have, as it enters it to end it.</summary>
    public static Session Lost(SessionId id, SessionEnd ending) =>
        new()
        {
            Id = id,
            Subject = "",
            Head = default,
            CreatedAt = ending.At,
            LastUsedAt = ending.At,
            ExpiresAt = ending.At,
        };

    public static Session ToMilliseconds(Session session) =>
        session with
        {
            CreatedAt = ToMilliseconds(session.CreatedAt),
            LastUsedAt = ToMilliseconds(session.LastUsedAt),
            ExpiresAt = ToMilliseconds(session.ExpiresAt),
            DeviceKey = session.DeviceKey is { } key ? ToMilliseconds(key) : null,
        };

    public static DeviceKey ToMilliseconds(DeviceKey key) => new(key.Content, ToMilliseconds(key.BoundAt));

    private static DateTimeOffset ToMilliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
