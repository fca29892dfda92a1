using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Decides whether a request may come in at all, before anything is believed of it: one credential, from a page that may send it, for the session that it names.</summary>
internal sealed class RequestGuard(TokenSessions sessions, PawlMetrics metrics, LogSampler sampler, ILogger<RequestGuard> logger)
{
    // In the header that names a session: whoever sends the request knows of none.
    private const string NoSession = "none";

    private int _warned;

    /// <summary>Whether the sender says that it knows of no session: the request is then anonymous, whatever cookies come along.</summary>
    public static bool NamesNoSession(HttpRequest request) => request.Headers[PawlDefaults.SessionHeader] == NoSession;

    /// <summary>What is wrong with a request that has just come in; null if it may go on. The authentication middleware asks, so that handlers of the app are guarded, too.</summary>
    public Problem? FindFaultEarly(HttpContext context, PawlOptions options) => Judge(context, options).Fault;

    /// <summary>The same where a request is authenticated, signs in or out, or reaches an endpoint of ours: it holds also where the middleware has been left out.</summary>
    public Problem? FindFault(HttpContext context, PawlOptions options)
    {
        if (context.Features.Get<Verdict>() is { } known && known.Method == context.Request.Method)
            return known.Fault;
        if (context.Features.Get<Verdict>() is null && Interlocked.Exchange(ref _warned, 1) == 0)
            logger.GuardedLate(context.GetEndpoint()?.DisplayName ?? context.Request.Path.Value ?? "");
        return Judge(context, options).Fault;
    }

    /// <summary>What is wrong with a request that signs a user in; null if it may.</summary>
    public Problem? FindSignInFault(HttpContext context, SessionTransport transport, PawlOptions options)
    {
        if (FindFault(context, options) is { } fault)
            return fault;
        if (!RequestFacts.IsSecure(context.Request))
            return Problem.HttpsRequired;
        if (IsPrefetched(context))
            return Problem.PrefetchRefused;
        // The twin would stay beside the new session's cookies, and every request of that session would be refused.
        if (sessions.IsAmbiguous(RequestTokens.Of(context)))
            return Problem.AmbiguousCredentials;
        if (transport is SessionTransport.Body && !RequestFacts.MayHoldTokens(context.Request, options.TrustedOrigins))
            return Problem.BrowserRefused;
        // Login CSRF (RFC 9700, section 4.7): nobody signs another's browser in. Signing in by a link or a redirect from a provider is a GET, which is theirs to guard (state, PKCE).
        return IsForeign(context, options) ? Problem.CsrfRejected : null;
    }

    /// <summary>
    /// What is wrong with a request that renews the claims of its own session; null if it may. A form cannot send a bearer token, and no cookies answer one.
    /// </summary>
    public Problem? FindRenewalFault(HttpContext context, PawlOptions options) =>
        RequestFacts.IsSecure(context.Request) ? FindSignOutFault(context, options) : Problem.HttpsRequired;

    /// <summary>What is wrong with a request that signs a user out; null if it may.</summary>
    public Problem? FindSignOutFault(HttpContext context, PawlOptions options)
    {
        if (FindFault(context, options) is { } fault)
            return fault;
        if (IsPrefetched(context))
            return Problem.PrefetchRefused;
        // Nobody signs another's browser out either. SameSite keeps the cookies of a cross-site form back, but the browser would take the deletions.
        return !RequestTokens.Of(context).Bearer.HasValue && IsForeign(context, options) ? Problem.CsrfRejected : null;
    }

    private static bool IsForeign(HttpContext context, PawlOptions options) =>
        !CrossOriginCheck.IsSafe(context.Request.Method) && !CrossOriginCheck.Allows(context.Request, RequestTokens.Of(context).HasCookie, options.TrustedOrigins);

    // Only links are loaded ahead of a click. A page that is rendered ahead may refresh, which is a POST, since it shows what it loads by it.
    private static bool IsPrefetched(HttpContext context) => CrossOriginCheck.IsSafe(context.Request.Method) && RequestFacts.IsPrefetch(context.Request);

    private Verdict Judge(HttpContext context, PawlOptions options)
    {
        var fault = Check(context, options);
        if (fault is not null)
        {
            metrics.RequestRejected(fault.Code);
            sampler.RequestRejected(logger, fault.Code);
        }
        var verdict = new Verdict(context.Request.Method, fault);
        context.Features.Set(verdict);
        return verdict;
    }

    private Problem? Check(HttpContext context, PawlOptions options)
    {
        var (request, tokens) = (context.Request, RequestTokens.Of(context));
        if (tokens.HasTwoBearers)
            return Problem.AmbiguousCredentials;
        if (!tokens.HasCookie)
            return null;
        var isSafe = CrossOriginCheck.IsSafe(request.Method) && !OpenConnections.IsWebSocket(request);
        if (!isSafe && !CrossOriginCheck.Allows(request, hasCookie: true, options.TrustedOrigins))
            return Problem.CsrfRejected;
        if (sessions.IsAmbiguous(tokens))
            return FindFaultOfTwins(context, tokens, isSafe, options);
        // Two tabs, two users: a request queued for one must not run as the other.
        return request.Headers[PawlDefaults.SessionHeader] is { Count: > 0 } named && named != NoSession
            && sessions.FindByCookies(tokens) is { } session && !(SessionId.TryParse(named.ToString(), out var id) && id == session)
            ? Problem.SessionSwitched
            : null;
    }

    // Somebody who can plant a cookie must not be able to lock the user out of every page, the sign-in page included.
    private static Problem? FindFaultOfTwins(HttpContext context, RequestTokens tokens, bool isSafe, PawlOptions options)
    {
        if (!context.Response.HasStarted)
        {
            PlantedCookies.Delete(context, tokens.Twins);
            if (isSafe)
                Problem.AmbiguousCredentials.Announce(context.Response);
        }
        return isSafe || context.Request.Path.Equals(options.LogoutPath) ? null : Problem.AmbiguousCredentials;
    }

    private sealed record Verdict(string Method, Problem? Fault);
}
