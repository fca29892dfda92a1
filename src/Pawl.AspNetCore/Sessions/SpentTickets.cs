using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Notes in the store which cookie tickets are void. An ended session stays there for a day or two, and a copy of its ticket may be valid
/// for longer. A note is a row like a session, but no token is ever issued for it, and its subject can be nobody's.
/// </summary>
internal sealed class SpentTickets(
    ISessionStore store,
    CookieTickets tickets,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    TimeProvider clock
)
{
    // No user has an id with a control character.
    private const char SubjectPrefix = '\u0001';

    /// <summary>Notes that a ticket has been exchanged or signed out.</summary>
    public async Task AddAsync(CookieTicket ticket)
    {
        var now = clock.GetUtcNow();
        if (await store.FindAsync(ticket.SpentId, CancellationToken.None) is null)
            await TryCreateAsync(ticket.SpentId, now, now);
    }

    /// <summary>Notes that all tickets of a user that were issued before now are void.</summary>
    public async Task AddAllAsync(string subject)
    {
        if (!tickets.AreTaken)
            return;
        var (id, now) = (CookieTicket.IdOfUser(subject), clock.GetUtcNow());
        if (await store.FindAsync(id, CancellationToken.None) is null && await TryCreateAsync(id, now, tickets.Until!.Value))
            return;
        // The user may have got tickets since the note was made: an app that went back to cookie authentication for a while issues some.
        if (await store.FindAsync(id, CancellationToken.None) is { } note && FindTime(note) < now)
            await store.UpdateAsync(id, new() { Properties = WriteTime(now) }, CancellationToken.None);
    }

    /// <summary>Whether a ticket that has no session is void.</summary>
    public async Task<bool> IncludeAsync(CookieTicket ticket, string? subject, CancellationToken cancellationToken) =>
        await store.FindAsync(ticket.SpentId, cancellationToken) is not null || await HaveEndedAsync(ticket, subject, cancellationToken);

    /// <summary>Whether all sessions of the ticket's user have been ended since it was issued.</summary>
    public async Task<bool> HaveEndedAsync(CookieTicket ticket, string? subject, CancellationToken cancellationToken) =>
        SessionText.IsSubject(subject)
        && await store.FindAsync(CookieTicket.IdOfUser(subject!), cancellationToken) is { } note
        && ticket.Token.IssuedAt <= FindTime(note);

    // Returns false if another request has just made the same note.
    private async Task<bool> TryCreateAsync(SessionId id, DateTimeOffset now, DateTimeOffset lastUse)
    {
        // After this time, a ticket that was issued before the last use is past the absolute timeout of its session.
        var end = (lastUse > now ? lastUse : now) + options.Get(scheme.Name).AbsoluteTimeout;
        var time = WriteTime(now);
        var note = new Session
        {
            Id = id,
            Subject = $"{SubjectPrefix}{id}",
            Head = default,
            CreatedAt = now,
            LastUsedAt = end,
            ExpiresAt = end,
            PropertiesVersion = time.Version,
        };
        try
        {
            await store.CreateAsync(note, time, CancellationToken.None);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // The version of the properties is the only part of a session that a store changes durably and that a read of the session returns.
    private static SessionProperties WriteTime(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds(), new byte[1]);

    private static DateTimeOffset FindTime(Session note) => DateTimeOffset.FromUnixTimeMilliseconds(note.PropertiesVersion);
}
