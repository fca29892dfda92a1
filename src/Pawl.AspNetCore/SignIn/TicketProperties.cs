using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Pawl.AspNetCore;

/// <summary>
/// Translates the properties of a cookie ticket into those of a sign-in. A session never lasts longer than the ticket could.
/// </summary>
internal static class TicketProperties
{
    /// <summary>The properties of the session that the ticket is exchanged for.</summary>
    public static AuthenticationProperties ForSession(AuthenticationTicket ticket, DateTimeOffset now, CookieAuthenticationOptions options)
    {
        var issued = ticket.Properties.IssuedUtc ?? now;
        // An item of Pawl in a ticket was written for another sign-in.
        var items = ticket.Properties.Items.Where(static item =>
            item.Key == CookieTicket.SignedInItem || !item.Key.StartsWith("Pawl.", StringComparison.Ordinal)
        );
        return new AuthenticationProperties(items.ToDictionary(StringComparer.Ordinal))
        {
            RedirectUri = null,
            IssuedUtc = issued < now ? issued : now,
            // A ticket that use extends has no end of its own; any other ends at that time.
            ExpiresUtc = IsSliding(ticket, options) ? null : ticket.Properties.ExpiresUtc,
        };
    }

    /// <summary>
    /// When the user proved who they are, in Unix seconds: what the app's claim <c>auth_time</c> says, or the time of issue of a ticket
    /// that is never renewed. Otherwise 0, so that no check for a recent sign-in passes.
    /// </summary>
    public static string FindSignIn(AuthenticationTicket ticket, CookieAuthenticationOptions options)
    {
        var latest = IsSliding(ticket, options) ? 0 : ticket.Properties.IssuedUtc?.ToUnixTimeSeconds() ?? 0;
        return
            ticket.Principal.FindFirst("auth_time")?.Value is { } text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var claimed)
            && claimed <= (ticket.Properties.IssuedUtc?.ToUnixTimeSeconds() ?? 0)
            ? claimed.ToString(CultureInfo.InvariantCulture)
            : latest.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsSliding(AuthenticationTicket ticket, CookieAuthenticationOptions options) =>
        options.SlidingExpiration && ticket.Properties.AllowRefresh is not false;
}
