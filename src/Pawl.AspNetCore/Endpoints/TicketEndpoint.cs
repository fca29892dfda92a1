using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/ticket</c>: issues a ticket for one connection to a hub. It is for pages that hold an access token. A page with cookies
/// needs no ticket, and injected script must not get a credential that it could send elsewhere.
/// </summary>
internal static class TicketEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        var tokens = RequestTokens.TakeFrom(context);
        if (!RequestFacts.IsSecure(context.Request))
        {
            await Problem.HttpsRequired.WriteAsync(context);
            return;
        }
        if (!tokens.Bearer.HasValue && tokens.HasCookie)
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }
        if (await CurrentSession.FindAsync(context) is not { } session)
            return;
        var wait = PawlEndpoint.Service<TicketLimit>(context).Take(session.Id);
        if (wait > TimeSpan.Zero)
        {
            await Problem.RateLimited.WriteAsync(context, retryAfter: (int)Math.Ceiling(wait.TotalSeconds));
            return;
        }
        var ticket = PawlEndpoint.Service<ConnectionTickets>(context).Issue(session.Id);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("ticket", ticket);
        json.WriteNumber("expires_in", (int)ConnectionTicket.Lifetime.TotalSeconds);
        json.WriteEndObject();
    }
}
