using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>The log messages about the tickets of cookie authentication.</summary>
internal static partial class CookieTicketLog
{
    [LoggerMessage(70, LogLevel.Information, "cookie_ticket_exchanged {SessionId}")]
    public static partial void TicketExchanged(this ILogger logger, SessionId sessionId);

    [LoggerMessage(
        71,
        LogLevel.Error,
        "A cookie ticket was accepted, but could not be exchanged for a session, so its user has to sign in again when the exchange ends"
    )]
    public static partial void TicketNotExchanged(this ILogger logger, Exception exception);

    [LoggerMessage(72, LogLevel.Information, "Tickets of the cookie {Cookie} are exchanged for sessions until {Until}")]
    public static partial void TicketsAreExchanged(this ILogger logger, string cookie, DateTimeOffset until);

    [LoggerMessage(
        73,
        LogLevel.Warning,
        "The exchange of cookie tickets ended at {Until}, and tickets are ignored; remove the call of ExchangeCookieTickets"
    )]
    public static partial void ExchangeIsOver(this ILogger logger, DateTimeOffset until);
}
