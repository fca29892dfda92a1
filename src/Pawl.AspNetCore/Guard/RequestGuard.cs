using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Decides whether a request may enter at all, before any of its tokens is used: it has one credential, comes from a page that may send
/// it, and is for the session that it names.
/// </summary>
internal sealed class RequestGuard(
    TokenSessions sessions,
    CookieTickets tickets,
    EndpointRoles roles,
    PawlMetrics metrics,
    LogSampler sampler,
    ILogger<RequestGuard> logger
)
{
    // The value of the session header if the client has no session.
    private const string NoSession = "none";

    // A browser cannot add the header to a WebSocket or an EventSource.
    private const string SessionParameter = "pawl_session";

    private int _warned;

    /// <summary>Whether the client says that it has no session. The request is then anonymous, whatever its cookies are.</summary>
    public static bool NamesNoSession(HttpRequest request) => request.Headers[PawlDefaults.SessionHeader] == NoSession;

    /// <summary>
    /// Whether the authentication middleware still runs the handlers of other schemes, which come before Pawl's. They answer on paths
    /// of their own, and no endpoint has run yet.
    /// </summary>
    public static bool IsBeforeItsTurn(HttpContext context) =>
        context.Features.Get<IAuthenticationFeature>() is not null && context.Features.Get<Verdict>() is not { IsEarly: true };

    /// <summary>
    /// The fault of a request that has just arrived; null if it may continue. The authentication middleware asks, so that handlers of the
    /// app are protected, too.
    /// </summary>
    public Problem? FindFaultEarly(HttpContext context, PawlOptions options) => Judge(context, isEarly: true, options).Fault;

    /// <summary>
    /// Does the same for a request that is authenticated, signs in or out, or reaches a Pawl endpoint. It also protects apps without the
    /// middleware.
    /// </summary>
    public Problem? FindFault(HttpContext context, PawlOptions options)
    {
        if (context.Features.Get<Verdict>() is { } known && known.Method == context.Request.Method)
            return known.Fault;
        if (context.Features.Get<Verdict>() is null && !IsBeforeItsTurn(context) && Interlocked.Exchange(ref _warned, 1) == 0)
            logger.GuardedLate(context.GetEndpoint()?.DisplayName ?? context.Request.Path.Value ?? "");
        return Judge(context, isEarly: false, options).Fault;
    }

    /// <summary>The fault of a request that signs a user in; null if it may.</summary>
    /// <param name="context">The request.</param>
    /// <param name="transport">The transport of the new session.</param>
    /// <param name="isRemote">Whether a remote handler signs in, whose callback has its own protection.</param>
    /// <param name="options">The scheme's options.</param>
    public Problem? FindSignInFault(HttpContext context, SessionTransport transport, bool isRemote, PawlOptions options)
    {
        if ((isRemote ? Check(context, checksOrigin: false, options) : FindFault(context, options)) is { } fault)
            return fault;
        if (!RequestFacts.IsSecure(context.Request))
            return Problem.HttpsRequired;
        if (IsPrefetched(context))
            return Problem.PrefetchRefused;
        // The twin would stay beside the new session's cookies, so every request of that session would be refused.
        if (sessions.IsAmbiguous(RequestTokens.TakeFrom(context)))
            return Problem.AmbiguousCredentials;
        if (transport is SessionTransport.Body && !RequestFacts.MayHoldTokens(context.Request, options.TrustedOrigins))
            return Problem.BrowserRefused;
        // Login CSRF (RFC 9700, section 4.7): no other site may sign the browser in. A sign-in by a link or by a provider's redirect is a
        // GET, which the app or the provider's handler guards (state, PKCE).
        return !isRemote && IsForeign(context, options) ? Problem.CsrfRejected : null;
    }

    /// <summary>
    /// The fault of a request that renews the claims of its own session; null if it may. A form cannot send a bearer token, and the
    /// response to a bearer token sets no cookies.
    /// </summary>
    public Problem? FindRenewalFault(HttpContext context, PawlOptions options) =>
        RequestFacts.IsSecure(context.Request) ? FindSignOutFault(context, options) : Problem.HttpsRequired;

    /// <summary>The fault of a request that signs a user out; null if it may.</summary>
    public Problem? FindSignOutFault(HttpContext context, PawlOptions options)
    {
        if (FindFault(context, options) is { } fault)
            return fault;
        if (IsPrefetched(context))
            return Problem.PrefetchRefused;
        // A provider's front-channel sign-out is a GET to a remote handler. It proves nothing, because any other site can send it as
        // well.
        if (IsBeforeItsTurn(context) && !CrossOriginCheck.Allows(context.Request, hasCookie: true, options.TrustedOrigins))
            return Problem.CsrfRejected;
        // No other site may sign the browser out. SameSite keeps the cookies out of a cross-site form, but the browser would still apply
        // the deletions.
        return !RequestTokens.TakeFrom(context).Bearer.HasValue && IsForeign(context, options) ? Problem.CsrfRejected : null;
    }

    private bool IsForeign(HttpContext context, PawlOptions options) =>
        !CrossOriginCheck.IsSafe(context.Request.Method)
        && !CrossOriginCheck.Allows(
            context.Request,
            RequestTokens.TakeFrom(context).HasCookie || tickets.AreIn(context.Request),
            options.TrustedOrigins
        );

    // Browsers load only links ahead of a click. A page that is rendered ahead may refresh, because it shows the data that it loads. A
    // refresh is a POST.
    private static bool IsPrefetched(HttpContext context) =>
        CrossOriginCheck.IsSafe(context.Request.Method) && RequestFacts.IsPrefetch(context.Request);

    private Verdict Judge(HttpContext context, bool isEarly, PawlOptions options)
    {
        var fault = Check(context, checksOrigin: true, options);
        if (fault is not null)
        {
            metrics.RequestRejected(fault.Code);
            sampler.RequestRejected(logger, fault.Code);
        }
        if (options.DeviceBinding is not DeviceBinding.Off && SecureSession.FindSkipped(context.Request) is { } reason)
            metrics.DeviceRefreshSkipped(reason);
        var verdict = new Verdict(context.Request.Method, fault, isEarly);
        context.Features.Set(verdict);
        return verdict;
    }

    private Problem? Check(HttpContext context, bool checksOrigin, PawlOptions options)
    {
        var (request, tokens) = (context.Request, RequestTokens.TakeFrom(context));
        if (tokens.HasTwoBearers)
            return Problem.AmbiguousCredentials;
        if (!tokens.HasCookie && !tickets.AreIn(request))
            return null;
        var isSafe = IsSafe(context);
        if (!isSafe && checksOrigin && !CrossOriginCheck.Allows(request, hasCookie: true, options.TrustedOrigins))
            return Problem.CsrfRejected;
        if (sessions.IsAmbiguous(tokens))
            return FindFaultOfTwins(context, tokens, isSafe);
        // Two tabs may have two users. A request that was queued for one of them must not run as the other.
        return
            FindNamedSession(context) is { } named
            && sessions.FindByCookies(tokens) is { } session
            && !(SessionId.TryParse(named, out var id) && id == session)
            ? Problem.SessionSwitched
            : null;
    }

    // A gateway asks by GET about a request that may be any other.
    private bool IsSafe(HttpContext context) =>
        CrossOriginCheck.IsSafe(context.Request.Method)
        && !RequestFacts.IsWebSocket(context.Request)
        && (roles.Find(context) != EndpointRole.Verify || GatewayRequest.IsSafe(context.Request));

    private static string? FindNamedSession(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers[PawlDefaults.SessionHeader] is { Count: > 0 } header)
            return header == NoSession ? null : header.ToString();
        return
            (RequestFacts.StaysOpen(request) || RequestFacts.IsHub(context)) && request.Query[SessionParameter] is { Count: > 0 } parameter
            ? parameter.ToString()
            : null;
    }

    // An attacker who can plant a cookie must not be able to lock the user out of every page, including the sign-in page.
    private Problem? FindFaultOfTwins(HttpContext context, RequestTokens tokens, bool isSafe)
    {
        if (!context.Response.HasStarted)
        {
            PlantedCookies.Delete(
                context,
                tokens,
                roles.Find(context) == EndpointRole.Verify ? GatewayRequest.FindPath(context.Request) : default
            );
            if (isSafe)
                Problem.AmbiguousCredentials.Announce(context.Response);
        }
        if (isSafe || roles.Find(context) == EndpointRole.Logout)
            return null;
        // After any 400 the browser would forget its key. The next request comes without the planted cookies.
        return roles.Find(context) == EndpointRole.DeviceRefresh
            ? Problem.AmbiguousCredentials with
            {
                Status = StatusCodes.Status503ServiceUnavailable,
            }
            : Problem.AmbiguousCredentials;
    }

    private sealed record Verdict(string Method, Problem? Fault, bool IsEarly);
}
