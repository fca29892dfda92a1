namespace Pawl.Client;

/// <summary>Names the session of a single request.</summary>
public static class PawlSessionRequestExtensions
{
    private static readonly HttpRequestOptionsKey<PawlSession> s_key = new("Pawl.Session");

    /// <summary>The request is for this session, whichever its client has: so one client may serve many users.</summary>
    /// <param name="request">The request.</param>
    /// <param name="session">The session.</param>
    /// <example><code>
    /// var session = new PawlSession(new PawlSessionOptions { Server = new Uri("https://example.com") });
    /// var request = new HttpRequestMessage(HttpMethod.Get, "https://example.com/me");
    /// request.SetPawlSession(session);
    /// </code></example>
    public static void SetPawlSession(this HttpRequestMessage request, PawlSession session)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(session);
        request.Options.Set(s_key, session);
    }

    internal static PawlSession? GetPawlSession(this HttpRequestMessage request) =>
        request.Options.TryGetValue(s_key, out var session) ? session : null;
}
