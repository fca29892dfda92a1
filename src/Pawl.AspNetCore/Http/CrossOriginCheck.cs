using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Protects every unsafe request that a cookie would authenticate against cross-site request forgery. Browsers say where a request comes
/// from (Fetch Metadata, Origin). For browsers that do not, the request needs a header that no form can send.
/// </summary>
internal static class CrossOriginCheck
{
    /// <summary>Whether the method is safe, so that it changes nothing (RFC 9110, section 9.2.1).</summary>
    public static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    /// <summary>Whether the request may continue.</summary>
    /// <param name="request">An unsafe request.</param>
    /// <param name="hasCookie">Whether it carries a cookie of ours.</param>
    /// <param name="trustedOrigins">Other origins that may send it.</param>
    public static bool Allows(HttpRequest request, bool hasCookie, IList<string> trustedOrigins)
    {
        var headers = request.Headers;
        var site = headers["Sec-Fetch-Site"];
        var origin = headers.Origin;
        // Honest clients send one value.
        if (site.Count > 1 || origin.Count > 1)
            return false;

        if (site.Count == 1)
        {
            // "none" means that the user has entered the address. "same-site" is a sibling subdomain, which another party may control.
            if (site[0] is "same-origin" or "none")
                return true;
            return origin.Count == 1 && trustedOrigins.Contains(origin[0]!);
        }
        // The comparison includes the scheme: http://example.com is not https://example.com. "null" equals no origin.
        if (origin.Count == 1)
            return IsOwn(origin[0]!, request) || trustedOrigins.Contains(origin[0]!);
        // An old browser, or a client that is not a browser. A form cannot add a header, and script of another origin needs permission
        // (CORS).
        return !hasCookie || headers.ContainsKey(PawlDefaults.SessionHeader);
    }

    /// <summary>Whether the request says that it comes from a page of this origin.</summary>
    public static bool IsOwnPage(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers["Sec-Fetch-Site"] is { Count: > 0 } site)
            return site == "same-origin";
        if (headers.Origin is [{ } origin])
            return IsOwn(origin, request);
        return Uri.TryCreate(headers.Referer.ToString(), UriKind.Absolute, out var page)
            && IsOwn(page.GetLeftPart(UriPartial.Authority), request);
    }

    private static bool IsOwn(string origin, HttpRequest request)
    {
        var host = request.Host.Value;
        return host is not null
            && origin.Length == request.Scheme.Length + 3 + host.Length
            && origin.StartsWith(request.Scheme, StringComparison.OrdinalIgnoreCase)
            && origin.AsSpan(request.Scheme.Length, 3).SequenceEqual("://")
            && origin.EndsWith(host, StringComparison.OrdinalIgnoreCase);
    }
}
