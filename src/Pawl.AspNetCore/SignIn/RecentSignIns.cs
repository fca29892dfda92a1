using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Identifies the browser of a sign-in by the session that it had. Without a session, it is identified by its address, its user agent,
/// the origin of its page, and the app's own cookies. The cookies distinguish identical devices that share an account and an address.
/// </summary>
internal readonly record struct BrowserKey(
    string Subject,
    SessionId? Previous,
    string? Device,
    IPAddress? Address,
    string? Origin,
    string? Cookies
)
{
    /// <summary>Null if nothing identifies the browser. A client that is not a browser gets a session for each sign-in.</summary>
    public static BrowserKey? Of(HttpContext context, Session session, SessionId? previous)
    {
        if (session.Transport is SessionTransport.Body)
            return null;
        if (previous is not null)
            return new(session.Subject, previous, null, null, null, null);
        var headers = context.Request.Headers;
        // A request without cookies does not identify a browser. If two browsers shared a session, one of them would look like a thief.
        return
            session.Device is { } device
            && context.Connection.RemoteIpAddress is { } address
            && headers.ContainsKey("Sec-Fetch-Site")
            && headers.Cookie.ToString() is { Length: > 0 } cookies
            ? new(session.Subject, null, device, address, headers.Origin.ToString(), cookies)
            : null;
    }
}

/// <summary>
/// The sign-ins of the last half minute on this node, by browser. A double click sends the form twice, and the browser keeps the tokens of
/// one response. Both responses must be for one session, or the other session stays in the user's list until the idle timeout.
/// </summary>
internal sealed class RecentSignIns(TimeProvider clock)
{
    // The second click is sent before the first response arrives. It arrives at most one round trip after that response was made.
    private static readonly TimeSpan RoundTrip = TimeSpan.FromSeconds(1);

    // A password may wait this long until it is hashed.
    private static readonly TimeSpan Retention = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<BrowserKey, StartedSession> _byBrowser = new();
    private readonly ConcurrentDictionary<SessionId, StartedSession> _bySession = new();
    private readonly ConcurrentQueue<(BrowserKey Browser, StartedSession Started)> _inOrder = new();
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 256).Select(static _ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits until no other sign-in of the browser is being stored. Dispose of the result afterwards.</summary>
    public async Task<IDisposable> EnterAsync(BrowserKey browser, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)browser.GetHashCode() % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>
    /// The session that the browser's earlier sign-in has started, if the browser cannot have known of it when it sent this one.
    /// </summary>
    /// <param name="browser">The browser.</param>
    /// <param name="arrivedAt">When this request came in.</param>
    public StartedSession? Find(BrowserKey browser, long arrivedAt)
    {
        if (!_byBrowser.TryGetValue(browser, out var started))
            return null;
        var later = clock.GetElapsedTime(started.AnsweredAt, arrivedAt);
        return later < TimeSpan.Zero || (later <= RoundTrip && !started.IsUsed) ? started : null;
    }

    public void Add(BrowserKey browser, StartedSession started)
    {
        started.AnsweredAt = clock.GetTimestamp();
        _byBrowser[browser] = started;
        _bySession[started.Session.Id] = started;
        _inOrder.Enqueue((browser, started));
        while (
            _inOrder.TryPeek(out var oldest)
            && clock.GetElapsedTime(oldest.Started.AnsweredAt) > Retention
            && _inOrder.TryDequeue(out oldest)
        )
        {
            _byBrowser.TryRemove(KeyValuePair.Create(oldest.Browser, oldest.Started));
            _bySession.TryRemove(oldest.Started.Session.Id, out _);
        }
    }

    /// <summary>Notes that a request has used a token of the session.</summary>
    public void Use(SessionId id)
    {
        if (_bySession.TryGetValue(id, out var started))
            started.IsUsed = true;
    }

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
