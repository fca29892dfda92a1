namespace Pawl.AspNetCore;

/// <summary>
/// The context of <see cref="PawlEvents.OnSessionEnded"/>: a session that this node has ended. The app's own code may have ended it
/// outside a request, so there is no <c>HttpContext</c>.
/// </summary>
public sealed class SessionEndedContext
{
    /// <summary>The session.</summary>
    public required SessionId SessionId { get; init; }

    /// <summary>
    /// The user of the session. Null if the store had lost the session, or did not answer when Pawl asked for the user.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>The reason.</summary>
    public required SessionEndReason Reason { get; init; }

    /// <summary>The time.</summary>
    public DateTimeOffset EndedAt { get; init; }
}
