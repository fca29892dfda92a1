using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>The sessions in the store: finds, lists and ends them, and tells this node of each end.</summary>
internal sealed class StoredSessions(
    ISessionStore store,
    KeyRingProvider keys,
    EndedSessions ended,
    SpentTickets tickets,
    PawlMetrics metrics,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    TimeProvider clock,
    ILogger<StoredSessions> logger
)
{
    // The feed brings the endings of other nodes within this time. The store is read again only after code that takes longer.
    private static readonly TimeSpan Blink = TimeSpan.FromSeconds(1);

    private const int PageSize = 100;

    /// <summary>A session, ended or not; null if there is none.</summary>
    public async Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken)
    {
        var session = await store.FindAsync(id, cancellationToken);
        // The feed may be down. So an ending that this node reads takes effect here from now on.
        if (session?.End is { } end)
            ended.Learn(id, end, clock.GetUtcNow() - options.Get(scheme.Name).EndingHorizon);
        return session;
    }

    /// <summary>Binds a session to a key, unless it has another one, has ended or is not there.</summary>
    public async Task BindAsync(SessionId id, ReadOnlyMemory<byte> key)
    {
        if (!await store.BindAsync(id, new(key, clock.GetUtcNow()), CancellationToken.None))
            return;
        metrics.SessionBound();
        logger.SessionBound(id);
    }

    /// <summary>A page of a user's live sessions, newest first. It is shorter than the limit only if no more follow.</summary>
    public async Task<IReadOnlyList<Session>> ReadPageAsync(
        string subject,
        SessionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var page = new List<Session>();
        while (page.Count < limit)
        {
            // Some of them may have timed out. They stay in the store until they are pruned.
            var wanted = limit - page.Count;
            var sessions = await store.ListAsync(subject, after, wanted, cancellationToken);
            page.AddRange(sessions.Where(IsAlive));
            if (sessions.Count < wanted)
                break;
            after = SessionPosition.Of(sessions[^1]);
        }
        return page;
    }

    /// <summary>All of a user's live sessions, newest first, read page by page on demand.</summary>
    public async IAsyncEnumerable<Session> EnumerateAsync(string subject)
    {
        IReadOnlyList<Session> page;
        SessionPosition? after = null;
        do
        {
            page = await ReadPageAsync(subject, after, PageSize, CancellationToken.None);
            foreach (var session in page)
                yield return session;
            after = page.Count > 0 ? SessionPosition.Of(page[^1]) : after;
        } while (page.Count == PageSize);
    }

    /// <summary>Whether a session has neither ended nor timed out.</summary>
    public bool IsAlive(Session session) => FindEnd(session) is null;

    /// <summary>Why a session has ended or timed out; null if it is alive.</summary>
    public SessionEndReason? FindEnd(Session session) => Rotation.FindEnd(session, clock.GetUtcNow(), options.Get(scheme.Name).Policy);

    /// <summary>Why a session has ended, if this node remembers it; null if it does not.</summary>
    public SessionEndReason? FindKnownEnd(SessionId id) => ended.Find(id);

    /// <summary>
    /// Checks a session again that was found alive, after code of the app has run. <c>DecidedAt</c> dates the tokens. A token that is dated
    /// from the last check expires before any node forgets an ending that comes after that check.
    /// </summary>
    /// <param name="id">The session.</param>
    /// <param name="decidedAt">When it was found alive.</param>
    /// <param name="begun">The same time as a timestamp of the clock.</param>
    public async ValueTask<(DateTimeOffset DecidedAt, SessionEndReason? Reason)> LookAgainAsync(
        SessionId id,
        DateTimeOffset decidedAt,
        long begun
    )
    {
        if (ended.Find(id) is { } known)
            return (decidedAt, known);
        if (clock.GetElapsedTime(begun) <= Blink)
            return (decidedAt, null);
        return (clock.GetUtcNow(), await FindEndAsync(id));
    }

    /// <summary>
    /// Why a session has ended or timed out, as the store says; null if it is alive. A missing session was removed by
    /// <see cref="EndAllSessionsAsync"/>, or after its end.
    /// </summary>
    public async Task<SessionEndReason?> FindEndAsync(SessionId id) =>
        await FindAsync(id, CancellationToken.None) is { } session ? FindEnd(session) : SessionEndReason.Revoked;

    /// <summary>
    /// Ends a session. Its refresh token is refused at once, its access tokens at the next request. Returns true if this call ended it.
    /// </summary>
    public async Task<bool> EndAsync(SessionId id, SessionEndReason reason, CancellationToken cancellationToken)
    {
        var end = new SessionEnd(reason, clock.GetUtcNow());
        if (await store.EndAsync(id, end, cancellationToken))
        {
            await AfterEndAsync(id, end, subject: null);
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
    public Task SignOutAsync(SessionId id) => EnterEndAsync(id, SessionEndReason.SignedOut);

    /// <summary>Does the same for another reason.</summary>
    public async Task EnterEndAsync(SessionId id, SessionEndReason reason)
    {
        var end = new SessionEnd(reason, clock.GetUtcNow());
        if (await store.EnterEndAsync(id, end, CancellationToken.None))
            await AfterEndAsync(id, end, subject: null);
        else
            await FindAsync(id, CancellationToken.None);
    }

    /// <summary>
    /// Ends all of a user's sessions, or all but one, in steps, and returns how many. If the store fails in between, the sessions of the
    /// steps before stay ended.
    /// </summary>
    public async Task<int> EndAllAsync(string subject, SessionId? except, SessionEndReason reason, CancellationToken cancellationToken)
    {
        // First, so that a ticket which starts a session at this moment is seen by one of the two.
        await tickets.AddAllAsync(subject);
        ended.Connections.EndTicketsOf(subject, except);
        var end = new SessionEnd(reason, clock.GetUtcNow());
        var all = new List<SessionId>();
        try
        {
            await foreach (var step in store.EndAllAsync(subject, except, end, cancellationToken))
            {
                all.AddRange(step);
                foreach (var id in step)
                    ended.Add(id, end);
            }
        }
        finally
        {
            // All sessions end before the first handler runs, so that a handler that fails keeps no session alive.
            foreach (var id in all)
                await AfterEndAsync(id, end, subject);
        }
        return all.Count;
    }

    /// <summary>Replaces all keys, so that no existing token is accepted, and removes the sessions.</summary>
    public async Task EndAllSessionsAsync(CancellationToken cancellationToken)
    {
        await keys.ReplaceAllAsync(cancellationToken);
        // These sessions have no valid token any more. They would still appear in lists of devices and count towards limits.
        var now = clock.GetUtcNow();
        await store.PruneAsync(now - SessionPruning.Retention, now, cancellationToken);
    }

    private async Task AfterEndAsync(SessionId id, SessionEnd end, string? subject)
    {
        // This comes first: from here on, this node refuses the session's access tokens.
        ended.Add(id, end);
        metrics.SessionEnded(end.Reason);
        if (end.Reason is SessionEndReason.TokenReused)
            logger.TokenReused(id);
        else
            logger.SessionEnded(id, end.Reason);
        var events = options.Get(scheme.Name).Events;
        if (!events.HearsOfEnds)
            return;
        subject ??= await FindSubjectAsync(id);
        await events.SessionEnded(
            new()
            {
                SessionId = id,
                Subject = subject,
                Reason = end.Reason,
                EndedAt = end.At,
            }
        );
    }

    // The session has ended, even if the store cannot say which user it belonged to.
    private async Task<string?> FindSubjectAsync(SessionId id)
    {
        try
        {
            return await store.FindAsync(id, CancellationToken.None) is { Subject: { Length: > 0 } subject } ? subject : null;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }
}
