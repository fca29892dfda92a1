using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>What the circuits of this node share: the endings, and the store that says whether a session has timed out.</summary>
internal sealed class SessionCircuits(
    EndedSessions ended,
    StoredSessions sessions,
    PawlScheme scheme,
    IOptionsMonitor<PawlOptions> options,
    TimeProvider clock,
    ILogger<SessionCircuits> logger
)
{
    public ILogger Logger => logger;

    /// <summary>The issuer of the claims that name a session.</summary>
    public string Issuer => options.Get(scheme.Name).Issuer;

    /// <summary>
    /// Calls back once when a session ends, until the result is disposed of. A circuit sends no requests, so no request of it finds that
    /// the session has timed out. The store is therefore asked once in the lifetime of an access token.
    /// </summary>
    public IDisposable Follow(SessionId id, Action onEnd)
    {
        var listener = ended.Listeners.Add(id, onEnd);
        var period = options.Get(scheme.Name).AccessTokenLifetime;
        var timer = clock.CreateTimer(_ => _ = CheckAsync(id), null, period, period);
        // The session may have ended before the listener was there.
        if (ended.Find(id) is not null)
            ended.Close(id);
        return new Subscription(listener, timer);
    }

    private async Task CheckAsync(SessionId id)
    {
        try
        {
            if (await sessions.FindEndAsync(id) is not null)
                ended.Close(id);
        }
        // A fault of the store signs no user out. Nothing awaits this check, so no other exception may leave it either.
        catch (Exception e)
        {
            logger.CircuitUnchecked(e);
        }
    }

    private sealed class Subscription(IDisposable listener, ITimer timer) : IDisposable
    {
        public void Dispose()
        {
            listener.Dispose();
            timer.Dispose();
        }
    }
}
