using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/ticket</c>: issues a ticket for one connection to a hub. It is for pages that hold an access token. A page with cookies
/// needs no ticket, and injected script must not get a credential that it could send elsewhere.
/// </summary>
internal static class TicketEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlTicket", "A ticket for one connection, for a page that holds an access token")
            .Returns<TicketResponse>()
            .Refuses(
                Problem.InvalidRequest,
                Problem.HttpsRequired,
                Problem.AuthenticationRequired,
                Problem.AccessTokenExpired,
                Problem.AccessTokenInvalid,
                Problem.SessionEnded,
                Problem.RateLimited
            );

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
        var body = new TicketResponse { Ticket = ticket, ExpiresIn = (int)ConnectionTicket.Lifetime.TotalSeconds };
        PawlJson.Write(context.Response, body, PawlJson.Default.TicketResponse);
    }
}
