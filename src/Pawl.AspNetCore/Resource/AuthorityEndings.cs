namespace Pawl.AspNetCore;

/// <summary>
/// The sessions that have ended at the authority, by its feed. The cursor moves only with an answer, so a fault loses no ending.
/// </summary>
internal sealed class AuthorityEndings(AuthorityClient client, PawlResourceOptions options, TimeProvider clock)
{
    private static readonly TimeSpan ForgettingInterval = TimeSpan.FromMinutes(1);

    private string? _cursor;
    private DateTimeOffset _forgotAt;
    private long _readAt;
    private volatile bool _hasRead;

    /// <summary>What has ended, and the connections that end with it.</summary>
    public EndedSessions Ended { get; } = new(clock);

    /// <summary>The time since this service knew all endings.</summary>
    public TimeSpan Age => _hasRead ? clock.GetElapsedTime(Volatile.Read(ref _readAt)) : TimeSpan.MaxValue;

    /// <summary>Whether the last answer said all that the authority knew. Then the next question waits for news.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>Reads all endings that the authority has.</summary>
    /// <exception cref="AuthorityFaultException">The authority does not answer as it should.</exception>
    public async Task CatchUpAsync(AuthorityDocument document, CancellationToken cancellationToken)
    {
        do await ReadAsync(document, cancellationToken);
        while (!IsCurrent);
    }

    /// <summary>
    /// Reads the next endings. Waits for one if this service knows all others. After a fault it does not wait, so that the service knows at
    /// once that it has missed nothing. Returns whether there were any.
    /// </summary>
    /// <exception cref="AuthorityFaultException">The authority does not answer as it should.</exception>
    public async Task<bool> ReadAsync(AuthorityDocument document, CancellationToken cancellationToken)
    {
        var wait = IsCurrent ? options.Interval : TimeSpan.Zero;
        IsCurrent = false;
        var page = await client.ReadEndingsAsync(document, _cursor, wait, cancellationToken);
        var endings = page.Revocations.Select(Read).ToList();
        var now = clock.GetUtcNow();
        // A token is accepted here for as long as at the authority, and this service's own clock may differ from that one's.
        var memory = TimeSpan.FromSeconds(Math.Min(page.RememberFor, TimeSpan.SecondsPerDay)) + options.ClockSkew + options.ClockSkew;
        // The authority has forgotten endings of that time, and a connection may be open whose session was among them.
        if (_hasRead && Age > memory)
            Ended.Connections.CutAll();
        foreach (var (id, end) in endings)
            // The later of the two times: this clock may have been behind, and be corrected soon.
            Ended.Add(id, end.At > now ? end : end with { At = now });
        var hasMoved = page.Cursor != _cursor;
        _cursor = page.Cursor;
        // An empty page is not the end if it moves the cursor: it leaves out endings that no longer matter.
        if (!hasMoved || endings.Count is > 0 and < RevocationsEndpoint.PageSize)
        {
            Volatile.Write(ref _readAt, clock.GetTimestamp());
            _hasRead = IsCurrent = true;
        }
        Forget(now, memory);
        return hasMoved;
    }

    private (SessionId Id, SessionEnd End) Read(RevocationListEntry? entry) =>
        entry is not null && SessionId.TryParse(entry.SessionId, out var id) && entry.EndedAt is >= 0 and <= 253402300799
            ? (id, new SessionEnd(Problem.FindReason(entry.Reason), DateTimeOffset.FromUnixTimeSeconds(entry.EndedAt)))
            : throw new AuthorityFaultException($"The server at {options.Authority} has named an ending that is none.");

    private void Forget(DateTimeOffset now, TimeSpan memory)
    {
        if (now - _forgotAt < ForgettingInterval)
            return;
        _forgotAt = now;
        Ended.Forget(now - memory);
    }
}
