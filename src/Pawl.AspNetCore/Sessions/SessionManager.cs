using System.Security.Claims;

namespace Pawl.AspNetCore;

/// <summary>Lists and ends sessions from the app's own code, such as an administrator's page or the deletion of a user.</summary>
/// <remarks>
/// Safe for concurrent use. Every method throws <see cref="StoreUnavailableException"/> when the store cannot answer. The members are
/// virtual so that a test of the app can replace them. Pawl itself does not call them, so that an override changes no endpoint.
/// </remarks>
/// <example>
/// <code>
/// app.MapDelete("/admin/users/{id}/sessions", (string id, SessionManager sessions) => sessions.EndAllForUserAsync(id))
///     .RequireAuthorization(policy => policy.RequireRole("admin"));
/// </code>
/// </example>
public class SessionManager
{
    /// <summary>The maximum number of sessions in a page.</summary>
    internal const int MaxPageSize = 500;

    private readonly StoredSessions? _sessions;

    /// <summary>For a stand-in in a test of the app, which overrides the members that the test calls. The others throw.</summary>
    protected SessionManager() { }

    internal SessionManager(StoredSessions sessions) => _sessions = sessions;

    private StoredSessions Sessions =>
        _sessions
        ?? throw new InvalidOperationException(
            "This SessionManager has no store, as it is a stand-in of a test: override the member that was called."
        );

    /// <summary>A session, ended or not; null if there is none.</summary>
    public virtual Task<Session?> FindAsync(SessionId id, CancellationToken cancellationToken = default) =>
        Sessions.FindAsync(id, cancellationToken);

    /// <summary>
    /// A page of a user's live sessions, newest first. It is shorter than <paramref name="limit"/> only if no more follow.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="after">The place of the last session of the page before
    /// (<see cref="SessionPosition.Of"/>); null for the first page.</param>
    /// <param name="limit">The maximum number of sessions: 1 to 500.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ArgumentException">The subject cannot have signed in: see
    /// <see cref="SessionText.IsSubject"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not from 1 to 500.</exception>
    /// <example>
    /// <code>
    /// var first = await sessions.ListAsync("ada", limit: 20);
    /// var second = first.Count == 20 ? await sessions.ListAsync("ada", SessionPosition.Of(first[^1]), limit: 20) : [];
    /// </code>
    /// </example>
    public virtual Task<IReadOnlyList<Session>> ListAsync(
        string subject,
        SessionPosition? after = null,
        int limit = 100,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfNoSubject(subject);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPageSize);
        return Sessions.ReadPageAsync(subject, after, limit, cancellationToken);
    }

    /// <summary>
    /// Ends a session. Its refresh token is refused at once, its access tokens at the next request. Returns true if this call ended it.
    /// </summary>
    /// <param name="id">The session.</param>
    /// <param name="reason">What the client is told: <see cref="SessionEndReason.Revoked"/>, <see cref="SessionEndReason.SignedOut"/>,
    /// <see cref="SessionEndReason.UserDisabled"/> or <see cref="SessionEndReason.CredentialsChanged"/>.</param>
    /// <param name="cancellationToken">Cancels the call before the session is ended.</param>
    /// <exception cref="ArgumentOutOfRangeException">The reason is another, which Pawl alone can know.</exception>
    public virtual Task<bool> EndAsync(
        SessionId id,
        SessionEndReason reason = SessionEndReason.Revoked,
        CancellationToken cancellationToken = default
    )
    {
        AppEndReason.ThrowIfAnother(reason);
        return Sessions.EndAsync(id, reason, cancellationToken);
    }

    /// <summary>
    /// Ends all of a user's sessions, or all but one, in steps, and returns their number when the last step is durable. A session that is
    /// created meanwhile may continue. If the store fails in between, the sessions of the earlier steps stay ended, and another call ends
    /// the rest.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="except">The session that stays, such as the request's own
    /// (<see cref="PawlPrincipalExtensions.FindSessionId"/>); null for none.</param>
    /// <param name="reason">As for <see cref="EndAsync"/>.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The subject cannot have signed in: see
    /// <see cref="SessionText.IsSubject"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The reason is one that Pawl alone can know.</exception>
    public virtual Task<int> EndAllForUserAsync(
        string subject,
        SessionId? except = null,
        SessionEndReason reason = SessionEndReason.Revoked,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfNoSubject(subject);
        AppEndReason.ThrowIfAnother(reason);
        return Sessions.EndAllAsync(subject, except, reason, cancellationToken);
    }

    /// <summary>
    /// Ends every session of every user, as after a backup was restored or keys have leaked. All keys are replaced, so no existing token
    /// is accepted, and the sessions are removed. Refresh tokens are refused when this returns. Every node refuses access tokens as soon
    /// as it has read the keys again, within a minute. Open connections are not closed, and <see cref="PawlEvents.OnSessionEnded"/> is
    /// not called.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call before the keys are replaced, or with only the removal left to do.</param>
    public virtual Task EndAllSessionsAsync(CancellationToken cancellationToken = default) =>
        Sessions.EndAllSessionsAsync(cancellationToken);

    // A store that keeps UTF-8 would replace half of a surrogate pair by U+FFFD, and so mistake one user for another.
    private static void ThrowIfNoSubject(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (!SessionText.IsSubject(subject))
            throw new ArgumentException(
                "A subject has 1 to 256 characters of well-formed text without control characters.",
                nameof(subject)
            );
    }
}
