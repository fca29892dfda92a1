using System.Net;
using System.Runtime.CompilerServices;

namespace Pawl.Client;

/// <summary>
/// Follows redirects like the handlers of .NET, which drop the token of a redirected request and keep its proof. So a client with a bound
/// session follows them here, where another origin gets neither.
/// </summary>
internal static class Redirects
{
    // Several clients may share a handler. Each of them follows as often as the handler did.
    private static readonly ConditionalWeakTable<HttpMessageHandler, StrongBox<int>> s_takenOver = [];

    /// <summary>Stops the last handler from following redirects by itself.</summary>
    /// <param name="inner">The first handler after the session's.</param>
    /// <param name="isRequired">
    /// Whether to fail if it has sent requests already. A program without the option has no such rule for its clients, and gets a bound
    /// session only from a vault. There a proof may follow a redirect; without its token it is worth nothing.
    /// </param>
    /// <returns>How many redirects of a request it would have followed. 0 also for a handler of an unknown kind.</returns>
    /// <exception cref="InvalidOperationException">The handler has sent requests, so it can no longer be changed.</exception>
    public static int TakeOver(HttpMessageHandler? inner, bool isRequired)
    {
        while (inner is DelegatingHandler { InnerHandler: var next })
            inner = next;
        if (inner is null)
            return 0;
        lock (s_takenOver)
        {
            if (s_takenOver.TryGetValue(inner, out var most))
                return most.Value;
            var count = Stop(inner, isRequired);
            s_takenOver.Add(inner, new(count));
            return count;
        }
    }

    /// <summary>Where a response leads; null if it is to be returned.</summary>
    public static Uri? FindNext(Uri from, HttpResponseMessage response)
    {
        if (
            response.StatusCode
                is not (
                    HttpStatusCode.MultipleChoices
                    or HttpStatusCode.MovedPermanently
                    or HttpStatusCode.Found
                    or HttpStatusCode.SeeOther
                    or HttpStatusCode.TemporaryRedirect
                    or HttpStatusCode.PermanentRedirect
                )
            || response.Headers.Location is not { } location
        )
            return null;
        var next = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (next.Scheme is not ("https" or "http") || (from.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps))
            return null;
        // RFC 9110, section 10.2.2.
        return from.Fragment.Length > 0 && next.Fragment.Length == 0 ? new UriBuilder(next) { Fragment = from.Fragment }.Uri : next;
    }

    /// <summary>Whether the redirected request is a GET without the body of the first one.</summary>
    public static bool BecomesGet(HttpMethod method, HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.MultipleChoices or HttpStatusCode.MovedPermanently or HttpStatusCode.Found => method == HttpMethod.Post,
            HttpStatusCode.SeeOther => method != HttpMethod.Get && method != HttpMethod.Head,
            _ => false,
        };

    public static bool IsSameOrigin(Uri first, Uri second) =>
        first.Scheme == second.Scheme && first.Port == second.Port && first.IdnHost == second.IdnHost;

    private static int Stop(HttpMessageHandler handler, bool isRequired)
    {
        try
        {
            switch (handler)
            {
                case SocketsHttpHandler { AllowAutoRedirect: true } sockets:
                    sockets.AllowAutoRedirect = false;
                    return sockets.MaxAutomaticRedirections;
                case HttpClientHandler { AllowAutoRedirect: true } client:
                    client.AllowAutoRedirect = false;
                    return client.MaxAutomaticRedirections;
                default:
                    return 0;
            }
        }
        catch (InvalidOperationException) when (!isRequired)
        {
            return 0;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException(
                "The HttpClient of a session with UseDpop follows redirects by a handler that has sent requests already, so a proof might "
                    + "go to another origin. Set AllowAutoRedirect of that handler to false, or give the client a handler of its own.",
                e
            );
        }
    }
}
