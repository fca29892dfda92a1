using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Lists and ends sessions from the app's own code, such as an administrator's page or the deletion of a user.</summary>
/// <remarks>Safe for concurrent use. Every method throws <see cref="StoreUnavailableException"/> when the store cannot answer.</remarks>
/// <example>
/// <code>
/// app.MapDelete("/admin/users/{id}/sessions", (string id, SessionManager sessions) => sessions.EndAllAsync(id))
///     .RequireAuthorization(policy => policy.RequireRole("admin"));
/// </code>
/// </example>
public sealed class SessionManager
{
    // The feed brings the endings of other nodes within this time. The store is read again only after code that takes longer.
    private static readonly TimeSpan Blink = TimeSpan.FromSeconds(1);

    /// <summary>The maximum number of sessions in a page.</summary>
    internal const int LargestPage = 500;

    private const int PageSize = 100;

    private readonly ISessionStore _store;
    private readonly KeyRingProvider _keys;
    private readonly EndedSessions _revoked;
    private readonly PawlMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<SessionManager> _logger;
    private readonly IOptionsMonitor<PawlOptions> _options;
    private readonly PawlScheme _scheme;

    internal SessionManager(
        ISessionStore store, KeyRingProvider keys, EndedSessions revoked, PawlMetrics metrics, IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock, ILogger<SessionManager> logger) =>
        (_store, _keys, _revoked, _metrics, _options, _scheme, _clock, _logger) = (store, keys, revoked, metrics, options, scheme, clock, logger);

    /// <summary>A session, ended or not; null if there is none.</summary>
    public async ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken = default)
    {
        var session = await _store.FindAsync(id, cancellationToken);
        // The feed may be down. So an ending that this node reads takes effect here from now on.
        if (session?.End is { } end)
            _revoked.Learn(id, end, _clock.GetUtcNow() - _options.Get(_scheme.Name).RevocationHorizon);
        return session;
    }

    /// <summary>
    /// A page of a user's live sessions, newest first. It is shorter than <paramref name="limit"/> only if no more follow.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="after">The place of the last session of the page before
    /// (<see cref="SessionPosition.Of"/>); null for the first page.</param>
    /// <param name="limit">The maximum number of sessions: 1 to 500.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The subject cannot have signed in: see
    /// <see cref="SessionText.IsSubject"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not from 1 to 500.</exception>
    /// <example>
    /// <code>
    /// var first = await sessions.ListAsync("ada", limit: 20);
    /// var second = first.Count == 20 ? await sessions.ListAsync("ada", SessionPosition.Of(first[^1]), limit: 20) : [];
    /// </code>
    /// </example>
    public Task<IReadOnlyList<Session>> ListAsync(
        string subject, SessionPosition? after = null, int limit = 100, CancellationToken cancellationToken = default)
    {
        ThrowIfNoSubject(subject);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestPage);
        return ReadPageAsync(subject, after, limit, cancellationToken);
    }

    internal async Task<IReadOnlyList<Session>> ReadPageAsync(
        string subject, SessionPosition? after, int limit, CancellationToken cancellationToken)
    {
        var page = new List<Session>();
        while (page.Count < limit)
        {
            // Some of them may have timed out. They stay in the store until they are pruned.
            var wanted = limit - page.Count;
            var sessions = await _store.ListAsync(subject, after, wanted, cancellationToken);
            page.AddRange(sessions.Where(IsAlive));
            if (sessions.Count < wanted)
                break;
            after = SessionPosition.Of(sessions[^1]);
        }
        return page;
    }

    /// <summary>All of a user's live sessions, newest first, read page by page on demand.</summary>
    internal async IAsyncEnumerable<Session> EnumerateAsync(string subject)
    {
        IReadOnlyList<Session> page;
        SessionPosition? after = null;
        do
        {
            page = await ReadPageAsync(subject, after, PageSize, CancellationToken.None);
            foreach (var session in page)
                yield return session;
            after = page.Count > 0 ? SessionPosition.Of(page[^1]) : after;
        }
        while (page.Count == PageSize);
    }

    /// <summary>Whether a session has neither ended nor timed out.</summary>
    internal bool IsAlive(Session session) => FindEnd(session) is null;

    /// <summary>Why a session has ended or timed out; null if it is alive.</summary>
    internal SessionEndReason? FindEnd(Session session) => Rotation.FindEnd(session, _clock.GetUtcNow(), _options.Get(_scheme.Name).Policy);

    /// <summary>Why a session has ended, if this node remembers it; null if it does not.</summary>
    internal SessionEndReason? FindKnownEnd(SessionId id) => _revoked.Find(id);

    /// <summary>
    /// Looks again at a session that was found alive, after code of the app has run. <c>DecidedAt</c> dates the tokens: a token dated by
    /// the last look is dead before any node forgets an ending that comes after that look.
    /// </summary>
    /// <param name="id">The session.</param>
    /// <param name="decidedAt">When it was found alive.</param>
    /// <param name="begun">The same as a timestamp of the clock.</param>
    internal async ValueTask<(DateTimeOffset DecidedAt, SessionEndReason? Reason)> LookAgainAsync(
        SessionId id, DateTimeOffset decidedAt, long begun)
    {
        if (_revoked.Find(id) is { } known)
            return (decidedAt, known);
        if (_clock.GetElapsedTime(begun) <= Blink)
            return (decidedAt, null);
        return (_clock.GetUtcNow(), await FindEndAsync(id));
    }

    /// <summary>
    /// Why a session is over, by the store's word; null while it lives. One that is gone was removed by
    /// <see cref="EndEverybodysAsync"/>, or after its end.
    /// </summary>
    internal async Task<SessionEndReason?> FindEndAsync(SessionId id) =>
        await FindAsync(id, CancellationToken.None) is { } session ? FindEnd(session) : SessionEndReason.Revoked;

    /// <summary>
    /// Ends a session. Its refresh token is refused at once, its access tokens at the next request. Returns true if this call ended it.
    /// </summary>
    public async Task<bool> EndAsync(SessionId id, SessionEndReason reason = SessionEndReason.Revoked, CancellationToken cancellationToken = default)
    {
        var end = new SessionEnd(reason, _clock.GetUtcNow());
        if (await _store.EndAsync(id, end, cancellationToken))
        {
            await AfterEndAsync(id, end);
            return true;
        }
        // Another node may have ended the session, and this node may not know it yet. Its access tokens are refused here from now on.
        await FindAsync(id, cancellationToken);
        return false;
    }

    /// <summary>
    /// Ends the session of one of our tokens. The store may have lost the session, because a backup was restored or a standby that was
    /// behind took over. Then it is entered as ended: its access tokens have valid signatures, and other nodes receive endings only from
    /// the store.
    /// </summary>
    internal async Task SignOutAsync(SessionId id)
    {
        var end = new SessionEnd(SessionEndReason.SignedOut, _clock.GetUtcNow());
        if (await _store.EnterEndAsync(id, end, CancellationToken.None))
            await AfterEndAsync(id, end);
        else
            await FindAsync(id, CancellationToken.None);
    }

    /// <summary>
    /// Ends all of a user's sessions, or all but one, in steps, and returns their number when the last step is durable. A session that is
    /// created meanwhile may continue. If the store fails in between, the sessions of the earlier steps stay ended, and another call ends
    /// the rest.
    /// </summary>
    /// <exception cref="ArgumentException">The subject cannot have signed in: see
    /// <see cref="SessionText.IsSubject"/>.</exception>
    public async Task<int> EndAllAsync(
        string subject, SessionId? except = null, SessionEndReason reason = SessionEndReason.Revoked, CancellationToken cancellationToken = default)
    {
        ThrowIfNoSubject(subject);
        var end = new SessionEnd(reason, _clock.GetUtcNow());
        var ended = new List<SessionId>();
        try
        {
            await foreach (var step in _store.EndAllAsync(subject, except, end, cancellationToken))
            {
                ended.AddRange(step);
                foreach (var id in step)
                    _revoked.Add(id, end);
            }
        }
        finally
        {
            // All sessions end before the first handler runs, so that a handler that fails keeps no session alive.
            foreach (var id in ended)
                await AfterEndAsync(id, end);
        }
        return ended.Count;
    }

    /// <summary>
    /// Ends every session of every user, as after a backup was restored or keys have leaked. All keys are replaced, so no existing token
    /// is accepted, and the sessions are removed. Refresh tokens are refused when this returns. Every node refuses access tokens as soon
    /// as it has read the keys again, within a minute. Open connections are not closed, and <see cref="PawlEvents.OnSessionEnded"/> is
    /// not called.
    /// </summary>
    /// <param name="cancellationToken">Gives up before the keys are replaced, or with only the removal left to do.</param>
    public async Task EndEverybodysAsync(CancellationToken cancellationToken = default)
    {
        await _keys.ReplaceAllAsync(cancellationToken);
        // These sessions have no valid token any more. They would still appear in lists of devices and count towards limits.
        var now = _clock.GetUtcNow();
        await _store.PruneAsync(now - SessionPruning.Retention, now, cancellationToken);
    }

    // A store that keeps UTF-8 would replace half of a surrogate pair by U+FFFD, and so mistake one user for another.
    private static void ThrowIfNoSubject(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (!SessionText.IsSubject(subject))
            throw new ArgumentException(
                "A subject has 1 to 256 characters of well-formed text without control characters.", nameof(subject));
    }

    private async Task AfterEndAsync(SessionId id, SessionEnd end)
    {
        // This comes first: from here on, this node refuses the session's access tokens.
        _revoked.Add(id, end);
        _metrics.SessionEnded(end.Reason);
        if (end.Reason is SessionEndReason.TokenReused)
            _logger.TokenReused(id);
        else
            _logger.SessionEnded(id, end.Reason);
        await _options.Get(_scheme.Name).Events.OnSessionEnded(new() { SessionId = id, Reason = end.Reason });
    }
}
