using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Reads the tickets that the cookie handler has issued under Pawl's scheme, as that handler does, and deletes their cookie. It uses the
/// handler's own options, so that a name, a domain or a format that the app had set still applies.
/// </summary>
internal sealed class CookieTickets(
    IEnumerable<CookieTicketSetup> setup,
    IOptionsMonitor<CookieAuthenticationOptions> options,
    PawlScheme scheme,
    TimeProvider clock
)
{
    // The cookie handler puts this claim into a ticket whose content is in an ITicketStore.
    private const string StoreKeyClaim = "Microsoft.AspNetCore.Authentication.Cookies-SessionId";

    /// <summary>When the app stops taking tickets; null if it takes none at all.</summary>
    public DateTimeOffset? Until { get; } = setup.SingleOrDefault()?.Until;

    /// <summary>Whether the app takes tickets now.</summary>
    public bool AreTaken => Until > clock.GetUtcNow();

    /// <summary>The options of the cookie handler.</summary>
    public CookieAuthenticationOptions Options => options.Get(scheme.Name);

    /// <summary>Whether a request has the cookie of a ticket. The ticket itself is not read.</summary>
    public bool AreIn(HttpRequest request) => AreTaken && request.Cookies.ContainsKey(Options.Cookie.Name!);

    /// <summary>The ticket of a request; null if it has none that is valid. A ticket that cannot be read is no error.</summary>
    public async ValueTask<CookieTicket?> FindAsync(HttpContext context)
    {
        if (!AreIn(context.Request))
            return null;
        if (context.Features.Get<Found>() is not { } found)
            context.Features.Set(found = new Found(await ReadAsync(context, Options)));
        return found.Ticket;
    }

    /// <summary>
    /// Asks the app's <c>OnValidatePrincipal</c> about a ticket. Returns the ticket that the app has accepted; null if it has rejected it.
    /// </summary>
    public async Task<AuthenticationTicket?> ValidateAsync(HttpContext context, CookieTicket ticket)
    {
        var o = Options;
        var events = o.EventsType is { } type ? (CookieAuthenticationEvents)context.RequestServices.GetRequiredService(type) : o.Events;
        var validating = new CookieValidatePrincipalContext(context, scheme.Scheme, o, ticket.Ticket);
        await (events?.ValidatePrincipal(validating) ?? Task.CompletedTask);
        return validating.Principal is { } principal ? new(principal, validating.Properties, scheme.Name) : null;
    }

    /// <summary>Deletes the cookie, with all of its chunks, if the request has it.</summary>
    public void Delete(HttpContext context)
    {
        if (!AreIn(context.Request) || context.Response.HasStarted)
            return;
        var attributes = Options.Cookie.Build(context);
        attributes.Expires = null;
        Options.CookieManager.DeleteCookie(context, Options.Cookie.Name!, attributes);
    }

    private async Task<CookieTicket?> ReadAsync(HttpContext context, CookieAuthenticationOptions o)
    {
        if (IsTwice(context.Request, o.Cookie.Name!) || ReadCookie(context, o) is not { Length: > 0 } text)
            return null;
        var ticket = o.TicketDataFormat.Unprotect(text);
        string? key = null;
        if (ticket is not null && o.SessionStore is { } store)
        {
            key = ticket.Principal.FindFirst(StoreKeyClaim)?.Value;
            // A copy, because a store in memory returns the same object to every request.
            ticket = key is null ? null : (await store.RetrieveAsync(key, context, context.RequestAborted))?.Clone();
        }
        // Without the time of issue nothing would say when the ticket is too old.
        if (ticket?.Properties.IssuedUtc is not { } issuedAt || ticket.Properties.ExpiresUtc < clock.GetUtcNow())
            return null;
        return CookieTicket.Of(ticket, issuedAt, text, key);
    }

    private static string? ReadCookie(HttpContext context, CookieAuthenticationOptions o)
    {
        try
        {
            return o.CookieManager.GetRequestCookie(context, o.Cookie.Name!);
        }
        catch (FormatException)
        {
            // Chunks of the cookie are missing.
            return null;
        }
    }

    // One of the two may have been planted, and nothing says which.
    private static bool IsTwice(HttpRequest request, string name)
    {
        var count = 0;
        foreach (var line in request.Headers.Cookie)
        {
            for (var rest = new StringSegment(line); rest.Length > 0; )
            {
                if (CookiePair.TakeNext(ref rest).Name.Equals(Uri.EscapeDataString(name), StringComparison.Ordinal))
                    count++;
            }
        }
        return count > 1;
    }

    private sealed record Found(CookieTicket? Ticket);
}
