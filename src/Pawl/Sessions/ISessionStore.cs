namespace Pawl;

/// <summary>
/// Where sessions live. An implementation is safe for concurrent use by many threads and many processes, keeps times to the millisecond, and throws
/// <see cref="StoreUnavailableException"/> (and nothing else of its own) when it cannot tell: a fault is never "no such session". A text
/// that not every store can keep is refused with an <see cref="ArgumentException"/> before anything is sent
/// (<see cref="SessionText.ThrowIfNotKept(string, string)"/>).
/// </summary>
public interface ISessionStore
{
    /// <summary>Makes the schema, or brings an older one up to date. Called once, before anything else, by every process; any number may call at once.</summary>
    /// <exception cref="StoreUnavailableException">The store is out of reach, corrupt, read-only, or newer than this program; the message says what to do.</exception>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>Adds a session. Durable when it returns.</summary>
    /// <exception cref="ArgumentException">There is a session of that id, ended or not.</exception>
    ValueTask CreateAsync(Session session, CancellationToken cancellationToken);

    /// <summary>Reads a session; null if there is none (any more).</summary>
    ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>
    /// Moves a session's head, atomically among all callers, and returns the session as it is then; null if the move did not apply.
    /// It need not be durable when this returns: a crash that loses it costs nobody a session.
    /// </summary>
    ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the claims and the security stamp of a session that has not ended; null leaves a part as it is, so that a stamp cannot be
    /// removed. False if there is no such session.
    /// </summary>
    ValueTask<bool> UpdateAsync(SessionId id, ReadOnlyMemory<byte>? claims, string? securityStamp, CancellationToken cancellationToken);

    /// <summary>Ends a session and enters it in the feed. True if this call ended it. Durable when it returns.</summary>
    ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a session like <see cref="EndAsync"/>, and where the store has none of that id, enters one that has ended, in one step that is
    /// atomic among all callers: its refresh token gets nothing from then on, and the feed tells other nodes to refuse its access tokens.
    /// Such a session has an empty <see cref="Session.Subject"/> and is in no user's list. True if this call ended or entered it; calling
    /// again changes nothing. Durable when it returns.
    /// </summary>
    ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken);

    /// <summary>
    /// Ends every session of a user, or all but one, in steps that hold no other caller up, and enters them in the feed. Each list that it
    /// yields names the sessions that one step ended, and is durable. When the enumeration is complete, all sessions have ended that were
    /// there when it began; one that is created meanwhile may go on. If a step fails, the sessions of the steps before it stay ended, and
    /// another call ends the rest.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject, SessionId? except, SessionEnd ending, CancellationToken cancellationToken);

    /// <summary>
    /// A page of a user's sessions that have not ended, expired or not, in the order of <see cref="SessionPosition"/>. It is shorter than
    /// <paramref name="limit"/> only if no more follow.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="after">The place of the last session of the page before; null for the first page.</param>
    /// <param name="limit">How many at most, at least 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<Session>> ListAsync(string subject, SessionPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>The endings after a position (0 for all that are kept), in order, at most <paramref name="limit"/>. No ending ever appears behind a position already read.</summary>
    ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>Returns when there may be endings after a position, made by any process; it may return early.</summary>
    ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// Returns if a sign-in could be kept now, and throws if not. It writes something harmless, as durably as a session, to
    /// every server that sessions are written to: a store may answer questions and take no write. Each node calls it for
    /// its health, about once a second at most.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store takes no write; the message says what to do.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);

    /// <summary>Removes what nobody needs, in steps short enough to hold no one up, and returns how many sessions it removed.</summary>
    /// <param name="expiredBefore">Sessions whose absolute timeout, or whose end, is before this go, and so do endings older than it.</param>
    /// <param name="unusedSince">Sessions not used since then go.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken);
}
