using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Tickets for SignalR hubs. SignalR's browser client puts the token for a WebSocket or an event stream into the URL, where logs and
/// error messages show it. So the URL carries a ticket instead of the access token.
/// </summary>
internal sealed class ConnectionTickets(
    KeyRingProvider keys,
    TokenReader reader,
    StoredSessions sessions,
    SessionUsers users,
    UsedTickets used,
    TimeProvider clock,
    ILogger<ConnectionTickets> logger
)
{
    // The parameter name that SignalR uses. It counts only at hubs.
    private const string Parameter = "access_token";

    private int _hasWarned;

    /// <summary>Makes a ticket for a session that was found alive.</summary>
    public string Issue(SessionId session) =>
        ConnectionTicketCodec.Write(new ConnectionTicket(session, TokenIssuer.NewTokenId(), clock.GetUtcNow()), keys.Ring.RefreshTokenKey!);

    /// <summary>Whether a request to a hub has a ticket, or any value in its URL in the place of a ticket.</summary>
    public static bool IsIn(HttpContext context, RequestTokens tokens) =>
        RequestFacts.IsHub(context)
        && (InUrl(context).Count > 0 || (tokens.Bearer.HasValue && !tokens.IsDpop && ConnectionTicketCodec.IsTicket(tokens.Bearer)));

    /// <summary>
    /// Reads the ticket of a request for which <see cref="IsIn"/> holds, and asks the store whether its session is alive.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<TicketResult> ReadAsync(HttpContext context, RequestTokens tokens, PawlOptions options)
    {
        var inUrl = InUrl(context);
        if (inUrl.Count > 1 || (inUrl.Count > 0 && (tokens.Bearer.HasValue || tokens.AccessCookie.HasValue)))
            return TicketResult.Refused(Problem.AmbiguousCredentials);
        var text = inUrl.Count > 0 ? new StringSegment(inUrl.ToString()) : tokens.Bearer;
        if (!ConnectionTicketCodec.IsTicket(text))
        {
            if (Interlocked.Exchange(ref _hasWarned, 1) == 0)
                logger.TokenInUrl(options.BasePath + "/ticket");
            return TicketResult.Refused(Problem.TokenInUrl);
        }
        var now = clock.GetUtcNow();
        if (
            await reader.ReadTicketAsync(text, context.RequestAborted) is not { } ticket
            || !ticket.IsCurrent(now, options.ClockSkew)
            || !MayBeUsed(ticket, inUrl.Count > 0, context.Request)
        )
            return TicketResult.Refused(Problem.TicketInvalid);
        if (await sessions.FindAsync(ticket.SessionId, context.RequestAborted) is not { } session)
            return TicketResult.Refused(Problem.TicketInvalid);
        if (sessions.FindEnd(session) is { } reason)
            return TicketResult.Ended(reason);
        // The connection gets the same user as from an access token.
        return users.Make(session, now, options) is { } user ? new(user) : TicketResult.Refused(Problem.TicketInvalid);
    }

    // A ticket from a URL is also in logs. So it opens nothing more, also not from a header.
    private bool MayBeUsed(ConnectionTicket ticket, bool isInUrl, HttpRequest request) =>
        isInUrl ? RequestFacts.StaysOpen(request) && used.TryUse(ticket.Id) : !used.IsUsed(ticket.Id);

    private static StringValues InUrl(HttpContext context) => context.Request.Query[Parameter];
}
