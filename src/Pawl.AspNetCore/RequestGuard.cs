using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>Decides whether a request may come in at all, before anything is believed of it: one credential, from a page that may send it, for the session that it names.</summary>
internal sealed class RequestGuard(TokenSessions sessions)
{
    // In the header that names a session: whoever sends the request knows of none.
    private const string NoSession = "none";

    /// <summary>Whether the sender says that it knows of no session: the request is then anonymous, whatever cookies come along.</summary>
    public static bool NamesNoSession(HttpRequest request) => request.Headers[PawlDefaults.SessionHeader] == NoSession;

    /// <summary>What is wrong with the request; null if it may go on.</summary>
    public Problem? FindFault(HttpContext context, PawlOptions options)
    {
        var (request, tokens) = (context.Request, RequestTokens.Of(context));
        if (tokens.IsAmbiguous || (tokens.Bearer.HasValue && tokens.AccessCookie.HasValue && !sessions.HasLeftOverAccess(tokens)))
            return Problem.AmbiguousCredentials;
        if (!tokens.HasCookie)
            return null;
        if ((!CrossOriginCheck.IsSafe(request.Method) || OpenConnections.IsWebSocket(request)) && !CrossOriginCheck.Allows(request, hasCookie: true, options.TrustedOrigins))
            return Problem.CsrfRejected;
        // Two tabs, two users: a request queued for one must not run as the other.
        return request.Headers[PawlDefaults.SessionHeader] is { Count: > 0 } named && named != NoSession
            && sessions.FindByCookies(tokens) is { } session && !(SessionId.TryParse(named.ToString(), out var id) && id == session)
            ? Problem.SessionSwitched
            : null;
    }

    /// <summary>What is wrong with a request that signs a user in; null if it may.</summary>
    public static Problem? FindSignInFault(HttpContext context, SessionTransport transport, PawlOptions options)
    {
        if (!RequestFacts.IsSecure(context.Request))
            return Problem.HttpsRequired;
        if (transport is SessionTransport.Body && RequestFacts.IsBrowser(context.Request))
            return Problem.BrowserRefused;
        // Login CSRF (RFC 9700, section 4.7): nobody signs another's browser in. Signing in by a link or a redirect from a provider is a GET, which is theirs to guard (state, PKCE).
        return IsForeign(context, options) ? Problem.CsrfRejected : null;
    }

    /// <summary>What is wrong with a request that signs a user out; null if it may.</summary>
    public static Problem? FindSignOutFault(HttpContext context, PawlOptions options) =>
        // Nobody signs another's browser out either. SameSite keeps the cookies of a cross-site form back, but the browser would take the deletions.
        !RequestTokens.Of(context).Bearer.HasValue && IsForeign(context, options) ? Problem.CsrfRejected : null;

    private static bool IsForeign(HttpContext context, PawlOptions options) =>
        !CrossOriginCheck.IsSafe(context.Request.Method) && !CrossOriginCheck.Allows(context.Request, RequestTokens.Of(context).HasCookie, options.TrustedOrigins);
}
