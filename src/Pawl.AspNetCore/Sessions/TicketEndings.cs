using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Signs out the cookie ticket of a request, whether it has been exchanged or not. The cookie handler could only delete the cookie; here a
/// copy of the ticket is void as well.
/// </summary>
internal sealed class TicketEndings(CookieTickets tickets, SpentTickets spent, StoredSessions sessions)
{
    /// <summary>Ends the session that the ticket stands for, and deletes the cookie, even one that cannot be read.</summary>
    public async Task EndAsync(HttpContext context, SessionEndReason reason)
    {
        if (await tickets.FindAsync(context) is { } ticket)
        {
            await sessions.EnterEndAsync(ticket.SessionId, reason);
            await spent.AddAsync(ticket);
            if (ticket.StoreKey is { } key)
                await tickets.Options.SessionStore!.RemoveAsync(key, context, CancellationToken.None);
        }
        tickets.Delete(context);
    }
}
