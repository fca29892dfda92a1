using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Lists and ends sessions from the app's own code: an administrator's page, a password that was changed, a user who was deleted.</summary>
/// <remarks>Safe for concurrent use. Every method throws <see cref="StoreUnavailableException"/> when the store cannot answer.</remarks>
public sealed class SessionManager
{
    // Within that time the feed brings endings of other nodes here; only code that takes longer is worth a question to the store.
    private static readonly TimeSpan Blink = TimeSpan.FromSeconds(1);

    private readonly ISessionStore _store;
    private readonly Keys _keys;
    private readonly RevokedSessions _revoked;
    private readonly PawlMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<SessionManager> _logger;
    private readonly IOptionsMonitor<PawlOptions> _options;
    private readonly PawlScheme _scheme;

    internal SessionManager(
        ISessionStore store, Keys keys, RevokedSessions revoked, PawlMetrics metrics, IOptionsMonitor<PawlOptions> options, PawlScheme scheme, TimeProvider clock, ILogger<SessionManager> logger) =>
        (_store, _keys, _revoked, _metrics, _options, _scheme, _clock, _logger) = (store, keys, revoked, metrics, options, scheme, clock, logger);

    /// <summary>A session, ended or not; null if there is none.</summary>
    public async ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken = default)
    {
        var session = await _store.FindAsync(id, cancellationToken);
        // The feed may be down: an ending that this node has read of counts here from now on.
        if (session?.End is { } end)
            _revoked.Learn(id, end, _clock.GetUtcNow() - _options.Get(_scheme.Name).RevocationHorizon);
        return session;
    }

    /// <summary>A user's live sessions, newest first.</summary>
    /// <exception cref="ArgumentException">The subject is none that could have signed in: see <see cref="SessionText.IsSubject"/>.</exception>
    public async Task<IReadOnlyList<Session>> ListAsync(string subject, CancellationToken cancellationToken = default)
    {
        ThrowIfNoSubject(subject);
        var sessions = await _store.ListAsync(subject, cancellationToken);
        return [.. sessions.Where(IsAlive)];
    }

    /// <summary>Whether a session has neither ended nor timed out.</summary>
    internal bool IsAlive(Session session) => FindEnd(session) is null;

    /// <summary>Why a session is over; null if it has neither ended nor timed out.</summary>
    internal SessionEndReason? FindEnd(Session session) => Rotation.FindEnd(session, _clock.GetUtcNow(), _options.Get(_scheme.Name).Policy);

    /// <summary>Why a session has ended, as far as this node remembers; null if it has not.</summary>
    internal SessionEndReason? FindKnownEnd(SessionId id) => _revoked.Find(id);

    /// <summary>
    /// Looks again at a session that was found alive, after code of the app has run. <c>DecidedAt</c> dates the tokens: a token dated by the last look is dead before any
    /// node forgets an ending that comes after that look.
    /// </summary>
    /// <param name="id">The session.</param>
    /// <param name="decidedAt">When it was found alive.</param>
    /// <param name="begun">The same as a timestamp of the clock.</param>
    internal async ValueTask<(DateTimeOffset DecidedAt, SessionEndReason? Reason)> LookAgainAsync(SessionId id, DateTimeOffset decidedAt, long begun)
    {
        if (_revoked.Find(id) is { } known)
            return (decidedAt, known);
        if (_clock.GetElapsedTime(begun) <= Blink)
            return (decidedAt, null);
        return (_clock.GetUtcNow(), await FindEndAsync(id));
    }

    /// <summary>Why a session is over, by the store's word; null while it lives. One that is gone was removed by <see cref="EndEverybodysAsync"/>, or after its end.</summary>
    internal async Task<SessionEndReason?> FindEndAsync(SessionId id) =>
        await FindAsync(id, CancellationToken.None) is { } session ? FindEnd(session) : SessionEndReason.Revoked;

    /// <summary>Ends a session: its refresh token at once, its access tokens at the next request. True if this call ended it.</summary>
    public async Task<bool> EndAsync(SessionId id, SessionEndReason reason = SessionEndReason.Revoked, CancellationToken cancellationToken = default)
    {
        var end = new SessionEnd(reason, _clock.GetUtcNow());
        if (await _store.EndAsync(id, end, cancellationToken))
        {
            await AfterEndAsync(id, end);
            return true;
        }
        // Another node may have ended it without this node having heard: its access tokens stop here, too.
        await FindAsync(id, cancellationToken);
        return false;
    }

    /// <summary>
    /// Ends the session that a token of ours belongs to. One that the store has lost (a standby took over that was behind, a backup was restored) is entered there
    /// as ended: its access tokens are good by themselves, and other nodes learn of an end from the store alone.
    /// </summary>
    internal async Task SignOutAsync(SessionId id)
    {
        var end = new SessionEnd(SessionEndReason.SignedOut, _clock.GetUtcNow());
        if (await _store.EnterEndAsync(id, end, CancellationToken.None))
            await AfterEndAsync(id, end);
        else
            await FindAsync(id, CancellationToken.None);
    }

    /// <summary>Ends all of a user's sessions, or all but one. Returns how many.</summary>
    /// <exception cref="ArgumentException">The subject is none that could have signed in: see <see cref="SessionText.IsSubject"/>.</exception>
    public async Task<int> EndAllAsync(
        string subject, SessionId? except = null, SessionEndReason reason = SessionEndReason.Revoked, CancellationToken cancellationToken = default)
    {
        ThrowIfNoSubject(subject);
        var end = new SessionEnd(reason, _clock.GetUtcNow());
        var ended = await _store.EndAllAsync(subject, except, end, cancellationToken);
        // All of them before any is told of: a handler that fails keeps none alive.
        foreach (var id in ended)
            _revoked.Add(id, end);
        foreach (var id in ended)
            await AfterEndAsync(id, end);
        return ended.Count;
    }

    /// <summary>
    /// Ends every session of every user, as after a backup was restored, or keys were lost to others: all keys are replaced, so that no token proves anything any more, and
    /// the sessions are removed. Refresh tokens are refused when this returns, access tokens by every node as soon as it has read the keys again, within a minute. For an
    /// operator: connections that are open are not cut, and <see cref="PawlEvents.OnSessionEnded"/> is not told of each.
    /// </summary>
    /// <param name="cancellationToken">Gives up before the keys are replaced, or with only the removal left to do.</param>
    public async Task EndEverybodysAsync(CancellationToken cancellationToken = default)
    {
        await _keys.ReplaceAllAsync(cancellationToken);
        // They are nobody's now. Left where they are, they would stand in lists of devices, and count towards limits.
        var now = _clock.GetUtcNow();
        await _store.PruneAsync(now - SessionPruning.Retention, now, cancellationToken);
    }

    // A store that keeps UTF-8 would take half of a surrogate pair for U+FFFD, and so one user for another.
    private static void ThrowIfNoSubject(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (!SessionText.IsSubject(subject))
            throw new ArgumentException("A subject has 1 to 256 characters of well-formed text without control characters.", nameof(subject));
    }

    private async Task AfterEndAsync(SessionId id, SessionEnd end)
    {
        // First of all: from here on this node refuses the session's access tokens.
        _revoked.Add(id, end);
        _metrics.SessionEnded(end.Reason);
        if (end.Reason is SessionEndReason.TokenReused)
            _logger.TokenReused(id);
        else
            _logger.SessionEnded(id, end.Reason);
        await _options.Get(_scheme.Name).Events.OnSessionEnded(new(id, end.Reason));
    }
}
