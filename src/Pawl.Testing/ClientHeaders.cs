namespace Pawl.Testing;

/// <summary>What a client says of itself. A page's requests come from its own origin, and a native app does not name one.</summary>
internal static class ClientHeaders
{
    private const string PageAgent = "Mozilla/5.0 (Pawl.Testing)";
    private const string NativeAgent = "Pawl.Testing";

    public static IEnumerable<(string Name, string Value)> Of(SessionTransport transport, Uri address, bool isSafe, bool isNavigation)
    {
        if (transport is SessionTransport.Body)
        {
            yield return ("User-Agent", NativeAgent);
            yield break;
        }
        yield return ("User-Agent", PageAgent);
        yield return ("Sec-Fetch-Site", "same-origin");
        yield return ("Sec-Fetch-Mode", isNavigation ? "navigate" : "cors");
        yield return ("Sec-Fetch-Dest", isNavigation ? "document" : "empty");
        if (!isSafe)
            yield return ("Origin", address.GetLeftPart(UriPartial.Authority));
    }

    public static bool IsSafe(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options;
}
