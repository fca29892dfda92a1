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
    public Task AddAsync(CookieTicket ticket) => AddAsync(ticket.SpentId);

    /// <summary>Notes that all tickets of a user that were issued before now are void.</summary>
    public Task AddAllAsync(string subject) => tickets.AreTaken ? AddAsync(CookieTicket.IdOfUser(subject)) : Task.CompletedTask;

    /// <summary>Whether a ticket that has no session is void.</summary>
    public async Task<bool> IncludeAsync(CookieTicket ticket, string? subject, CancellationToken cancellationToken) =>
        await store.FindAsync(ticket.SpentId, cancellationToken) is not null || await HaveEndedAsync(ticket, subject, cancellationToken);

    /// <summary>Whether all sessions of the ticket's user have been ended since it was issued.</summary>
    public async Task<bool> HaveEndedAsync(CookieTicket ticket, string? subject, CancellationToken cancellationToken) =>
        SessionText.IsSubject(subject)
        && await store.FindAsync(CookieTicket.IdOfUser(subject!), cancellationToken) is { } note
        && ticket.Token.IssuedAt <= note.CreatedAt;

    private async Task AddAsync(SessionId id)
    {
        if (await store.FindAsync(id, CancellationToken.None) is not null)
            return;
        var now = clock.GetUtcNow();
        // After this time, a ticket that was issued before now is past the absolute timeout of its session.
        var end = now + options.Get(scheme.Name).AbsoluteTimeout;
        var note = new Session
        {
            Id = id,
            Subject = $"{SubjectPrefix}{id}",
            Head = default,
            CreatedAt = now,
            LastUsedAt = end,
            ExpiresAt = end,
        };
        try
        {
            await store.CreateAsync(note, default, CancellationToken.None);
        }
        catch (ArgumentException)
        {
            // Another request has just made the same note.
        }
    }
}
