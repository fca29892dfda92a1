using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>What a request says of the connection and of the client that it comes from.</summary>
internal static class RequestFacts
{
    /// <summary>Whether cookies may be set: https, or this very machine.</summary>
    public static bool IsSecure(HttpRequest request) =>
        request.IsHttps || request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" || request.Host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a browser sent it: they all send Fetch Metadata to trustworthy origins, and no script can take it off.</summary>
    public static bool IsBrowser(HttpRequest request) =>
        request.Headers.ContainsKey("Sec-Fetch-Site") || request.Headers.ContainsKey("Sec-Fetch-Mode") || request.Headers.ContainsKey("Sec-Fetch-Dest");
}
