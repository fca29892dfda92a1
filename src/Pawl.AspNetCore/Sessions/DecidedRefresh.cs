using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// A feature of a request to an endpoint of the app that refreshes: what Pawl has decided about its refresh token before the endpoint runs.
/// </summary>
/// <param name="text">The refresh token that was decided upon.</param>
internal sealed class DecidedRefresh(string? text)
{
    /// <summary>The session and the new tokens; null if the token was refused.</summary>
    public IssuedTokens? Tokens { get; init; }

    /// <summary>What the endpoint gets for the token; null if the token was refused.</summary>
    public AuthenticationTicket? Ticket { get; init; }

    /// <summary>The new access token, as it is read; null if the token was refused.</summary>
    public AccessToken? AccessToken { get; init; }

    /// <summary>Why the token was refused.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Why the session has ended.</summary>
    public SessionEndReason? Reason { get; init; }

    /// <summary>When the client may try again, in seconds.</summary>
    public int RetryAfter { get; init; } = 1;

    /// <summary>The refresh token of the request. If the response has no new one, the client keeps this one.</summary>
    public string? RefreshToken => text;

    /// <summary>The decision for a request; null if none was made.</summary>
    public static DecidedRefresh? Of(HttpContext context) => context.Features.Get<DecidedRefresh>();
}
