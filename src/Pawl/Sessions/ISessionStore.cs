namespace Pawl;

/// <summary>
/// The store of sessions. An implementation is safe for concurrent use by many threads and many processes, and keeps times to the
/// millisecond. If it cannot decide, it throws <see cref="StoreUnavailableException"/> (and nothing else of its own): a fault is never
/// "no such session". It refuses a text that not every store can keep with an <see cref="ArgumentException"/> before anything is sent
/// (<see cref="SessionText.ThrowIfNotKept(string, string)"/>).
/// </summary>
public interface ISessionStore
{
    /// <summary>
    /// Creates the schema, or upgrades an older one. Every process calls it once, before anything else; any number may call it at once.
    /// </summary>
    /// <exception cref="StoreUnavailableException">
    /// The store is unreachable, corrupt, read-only, or newer than this program; the message says what to do.
    /// </exception>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>Adds a session without properties, with its device key if it has one. It is durable when the call returns.</summary>
    /// <exception cref="ArgumentException">A session with that id exists, ended or not.</exception>
    ValueTask CreateAsync(Session session, CancellationToken cancellationToken) => CreateAsync(session, default, cancellationToken);

    /// <summary>
    /// Adds a session and its properties in one step, which is durable when the call returns. The session gets their version as its
    /// <see cref="Session.PropertiesVersion"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A session with that id exists, ended or not.</exception>
    ValueTask CreateAsync(Session session, SessionProperties properties, CancellationToken cancellationToken);

    /// <summary>Reads a session; null if there is none, or none any more.</summary>
    ValueTask<Session?> FindAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the properties of a session that has not ended. The default value means that it has none, or that there is no such session.
    /// They are removed with the session's end, and no other member returns their content.
    /// </summary>
    ValueTask<SessionProperties> FindPropertiesAsync(SessionId id, CancellationToken cancellationToken);

    /// <summary>
    /// Moves a session's head, atomically among all callers, and returns the changed session; null if the move did not apply. The move
    /// need not be durable when the call returns: a crash that loses it ends no session.
    /// </summary>
    ValueTask<Session?> RotateAsync(SessionMove move, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a session that has not ended, all parts in one step. Returns false if there is no such session. A change of the properties
    /// is durable when the call returns: a provider may accept only the newest token that it has issued.
    /// </summary>
    ValueTask<bool> UpdateAsync(SessionId id, SessionChange change, CancellationToken cancellationToken);

    /// <summary>
    /// Sets the <see cref="Session.DeviceKey"/> of a session that has not ended and has none, in one step that is atomic among all
    /// callers and durable when the call returns. Returns true if the session is then bound to a key with these bytes, also if an earlier
    /// call has set it, whose time stays. Returns false, and changes nothing, if the session has another key, has ended or is not there.
    /// Nothing else changes or removes a key.
    /// </summary>
    ValueTask<bool> BindAsync(SessionId id, DeviceKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a session and enters it in the feed. Returns true if this call ended it. The end is durable when the call returns.
    /// </summary>
    ValueTask<bool> EndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a session like <see cref="EndAsync"/>. If the store has no session of that id, it enters one that has ended, in one step that
    /// is atomic among all callers. From then on its refresh token is refused, and the feed tells other nodes to refuse its access
    /// tokens. Such a session has an empty <see cref="Session.Subject"/> and is in no user's list. Returns true if this call ended or
    /// entered it; another call changes nothing. The end is durable when the call returns.
    /// </summary>
    ValueTask<bool> EnterEndAsync(SessionId id, SessionEnd ending, CancellationToken cancellationToken);

    /// <summary>
    /// Ends every session of a user, or all but one, and enters them in the feed, in steps that are too short to delay other callers.
    /// Each returned list names the sessions that one step ended, and is durable. When the enumeration is complete, all sessions from
    /// before it have ended; a session that is created meanwhile may continue. If a step fails, the sessions of earlier steps stay ended,
    /// and another call ends the rest.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<SessionId>> EndAllAsync(
        string subject,
        SessionId? except,
        SessionEnd ending,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// A page of a user's sessions that have not ended, expired or not, in the order of <see cref="SessionPosition"/>. It is shorter than
    /// <paramref name="limit"/> only if no more follow.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="after">The place of the last session of the previous page; null for the first page.</param>
    /// <param name="limit">The maximum number of sessions, at least 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<Session>> ListAsync(string subject, SessionPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The endings after a position (0 for all), in order, at most <paramref name="limit"/>. No ending ever appears behind a position
    /// that was already read.
    /// </summary>
    ValueTask<IReadOnlyList<SessionEnding>> ReadEndingsAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>Returns within a second of an ending after a position, from any process. It may return early.</summary>
    ValueTask WaitForEndingsAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// Returns if a sign-in could be stored now, and throws if not. It writes something harmless, as durably as a session, to every
    /// server that sessions are written to, because a store that answers reads may still refuse writes. Each node calls it for its health
    /// check, about once a second at most.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store accepts no writes; the message says what to do.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Removes sessions and endings that are no longer needed, in steps that are too short to delay other callers. Returns the number of
    /// removed sessions.
    /// </summary>
    /// <param name="expiredBefore">
    /// Sessions whose absolute timeout or end is before this time are removed, and so are older endings.
    /// </param>
    /// <param name="unusedSince">Sessions that were not used since this time are removed.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    ValueTask<int> PruneAsync(DateTimeOffset expiredBefore, DateTimeOffset unusedSince, CancellationToken cancellationToken);
}
