using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// What a gateway says about the request that it has received and asks about. The headers of that request, such as Origin and
/// Sec-Fetch-Site, come along unchanged. Its method and its URI stand in headers of their own.
/// </summary>
internal static class GatewayRequest
{
    /// <summary>Whether the request is known to change nothing.</summary>
    /// <remarks>
    /// A gateway that names no method may ask about any. A WebSocket begins with a GET, and not every gateway passes on that it is one;
    /// browsers send Origin with it.
    /// </remarks>
    public static bool IsSafe(HttpRequest request)
    {
        var (forwarded, original) = (request.Headers["X-Forwarded-Method"], request.Headers["X-Original-Method"]);
        if ((forwarded.Count == 0 && original.Count == 0) || request.Headers.Origin.Count > 0)
            return false;
        // A client may have added one of them, so each has to be safe.
        return forwarded.Concat(original).All(static method => method is not null && CrossOriginCheck.IsSafe(method));
    }

    /// <summary>
    /// The path and query; null if the gateway does not say, if two values differ, or if browsers would read it as another host.
    /// </summary>
    public static string? FindUri(HttpRequest request) =>
        request.Headers["X-Forwarded-Uri"].Concat(request.Headers["X-Original-URI"]).Distinct().ToList() is [{ Length: > 0 } uri]
            ? RedirectTarget.FindLocal(uri)
            : null;

    /// <summary>The path of <see cref="FindUri"/>.</summary>
    public static PathString FindPath(HttpRequest request) =>
        FindUri(request) is { } uri ? PathString.FromUriComponent(uri.Split('?', '#')[0]) : default;

    /// <summary>
    /// Whether the response may send the browser back to the page that it has opened. Only such a response carries cookies to it: a gateway
    /// keeps the headers of a successful one for itself.
    /// </summary>
    public static bool LeadsBack(HttpRequest request) => RequestFacts.IsNavigation(request) && FindUri(request) is not null;
}
