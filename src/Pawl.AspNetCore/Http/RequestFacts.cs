using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>Facts about the connection and the client of a request.</summary>
internal static class RequestFacts
{
    /// <summary>Whether cookies may be set: over https, or from this machine.</summary>
    /// <remarks>
    /// The client chooses the host. A client that claims localhost over plain http gets a session for itself only: a browser sends the host
    /// of its address bar, and takes <c>Secure</c> cookies over plain http only from its own machine.
    /// </remarks>
    public static bool IsSecure(HttpRequest request) =>
        request.IsHttps
        || request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
        || request.Host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the client may hold tokens itself. It may if it is not a browser, or if it is the page of an app whose own scheme is in
    /// the list of trusted origins.
    /// </summary>
    public static bool MayHoldTokens(HttpRequest request, IList<string> trustedOrigins) =>
        !IsBrowser(request) || (request.Headers.Origin is [{ } origin] && !IsWebOrigin(origin) && trustedOrigins.Contains(origin));

    /// <summary>Whether the browser loads the page ahead of a click.</summary>
    public static bool IsPrefetch(HttpRequest request) =>
        Says(request, "Sec-Purpose", "prefetch")
        || Says(request, "Purpose", "prefetch")
        || Says(request, "X-Moz", "prefetch")
        || Says(request, "X-Purpose", "preview");

    /// <summary>
    /// Whether the browser may be following a link, a form or a redirect of another site. An old browser does not say, so every page that
    /// it requests may be one.
    /// </summary>
    public static bool MayBeCrossSiteNavigation(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site
            ? site == "cross-site" && request.Headers["Sec-Fetch-Mode"] == "navigate"
            : request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path as it was before the app's middleware changed it.</summary>
    public static PathString FindOriginalPath(HttpContext context) =>
        context.Features.Get<IAuthenticationFeature>()?.OriginalPath ?? context.Request.Path;

    /// <summary>The path base as it was before the app's middleware changed it.</summary>
    public static PathString FindOriginalPathBase(HttpContext context) =>
        context.Features.Get<IAuthenticationFeature>()?.OriginalPathBase ?? context.Request.PathBase;

    /// <summary>
    /// Whether the browser opens a page, so that a person sees the response. An old browser does not say; it accepts HTML, and a script
    /// that does so as well names itself.
    /// </summary>
    public static bool IsNavigation(HttpRequest request) =>
        request.Headers["Sec-Fetch-Mode"] is { Count: > 0 } mode
            ? mode == "navigate" || IsEnhancedNavigation(request)
            : request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                && request.Headers.XRequestedWith != "XMLHttpRequest";

    /// <summary>
    /// Whether another site has started the navigation, as a link in a mail does. Browsers do not refresh a bound session before it.
    /// </summary>
    public static bool IsNavigationOfAnotherSite(HttpRequest request) =>
        CrossOriginCheck.IsSafe(request.Method)
        && IsNavigation(request)
        && request.Headers["Sec-Fetch-Site"] is ["cross-site"] or ["same-site"];

    // Blazor's script fetches the pages of its own site and shows them in the place of the current one. Another site can send the same
    // header, and is not believed.
    private static bool IsEnhancedNavigation(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] == "same-origin"
        && request.Headers.Accept is [{ } accept]
        && accept.StartsWith("text/html; blazor-enhanced-nav=on", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the request opens a WebSocket. It is a GET, but a page of another origin can read the response (RFC 6455, section 10.2).
    /// </summary>
    public static bool IsWebSocket(HttpRequest request) =>
        request.Headers.Upgrade is { Count: > 0 } upgrade
        && StringValues.Concat(upgrade, default).ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the endpoint is a hub of SignalR, or the negotiation before it.</summary>
    public static bool IsHub(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null;

    /// <summary>
    /// Whether a page of this origin opens the connection of its circuit: the framework's own hub for components, first the negotiation and
    /// then the WebSocket. Long polling goes on by further requests, and the circuit has its user by then.
    /// </summary>
    public static bool StartsCircuit(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && metadata.GetMetadata<HubMetadata>()?.HubType.Assembly == typeof(CircuitHandler).Assembly
        && (
            metadata.GetMetadata<NegotiateMetadata>() is not null
            || IsWebSocket(context.Request)
            || HttpMethods.IsConnect(context.Request.Method)
        )
        && CrossOriginCheck.IsOwnPage(context.Request);

    /// <summary>
    /// Whether the response has no fixed end. A WebSocket over HTTP/2 or later is a CONNECT (RFC 8441).
    /// </summary>
    public static bool StaysOpen(HttpRequest request) =>
        IsWebSocket(request)
        || HttpMethods.IsConnect(request.Method)
        || (request.Headers.Accept is [{ } accept] && accept.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase));

    // Every current browser sends Sec-Fetch-Site to trustworthy origins, and scripts cannot remove it. Node's fetch sends Sec-Fetch-Mode,
    // but not this header. Older browsers send Origin with each request for tokens, because these requests are POSTs.
    private static bool IsBrowser(HttpRequest request) => request.Headers.ContainsKey("Sec-Fetch-Site") || request.Headers.Origin.Count > 0;

    private static bool IsWebOrigin(string origin) =>
        origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase) || origin.StartsWith("http:", StringComparison.OrdinalIgnoreCase);

    private static bool Says(HttpRequest request, string header, string word)
    {
        foreach (var value in request.Headers[header])
        {
            if (value?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
                return true;
        }
        return false;
    }
}
