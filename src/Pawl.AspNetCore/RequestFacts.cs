using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>What a request says of the connection and of the client that it comes from.</summary>
internal static class RequestFacts
{
    /// <summary>Whether cookies may be set: https, or this very machine.</summary>
    /// <remarks>
    /// The host is what the client says. A client that says localhost over plain http gets a session for itself only: a browser says what its address bar shows, and
    /// takes <c>Secure</c> cookies over plain http from its own machine only.
    /// </remarks>
    public static bool IsSecure(HttpRequest request) =>
        request.IsHttps || request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" || request.Host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the client may hold tokens itself: it is no browser, or it is the page of an app with a scheme of its own that the server lists.</summary>
    public static bool MayHoldTokens(HttpRequest request, IList<string> trustedOrigins) =>
        !IsBrowser(request) || (request.Headers.Origin is [{ } origin] && !IsWebOrigin(origin) && trustedOrigins.Contains(origin));

    /// <summary>Whether the browser loads the page ahead of a click that may never come.</summary>
    public static bool IsPrefetch(HttpRequest request) =>
        Says(request, "Sec-Purpose", "prefetch") || Says(request, "Purpose", "prefetch") || Says(request, "X-Moz", "prefetch") || Says(request, "X-Purpose", "preview");

    // Every browser of today sends Sec-Fetch-Site to trustworthy origins, and no script can take it off. Node's fetch sends Sec-Fetch-Mode, but not this one.
    // Older browsers send Origin with every request that may ask for tokens, since those are POSTs.
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
