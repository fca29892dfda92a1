namespace Pawl.AspNetCore;

/// <summary>The call of <see cref="PawlBuilder.ExchangeCookieTickets"/>.</summary>
/// <param name="Until">When the app stops taking tickets.</param>
internal sealed record CookieTicketSetup(DateTimeOffset Until);
