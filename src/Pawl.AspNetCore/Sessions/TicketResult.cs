using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>
/// What a ticket of either kind is worth: an access token of its session, or a cookie ticket itself, or a problem with the reason of the
/// session's end. A ticket that is ignored is worth nothing, and that is no problem.
/// </summary>
internal readonly record struct TicketResult(
    VerifiedToken? Token = null,
    AuthenticationTicket? Ticket = null,
    Problem? Problem = null,
    SessionEndReason? Reason = null
)
{
    /// <summary>Whether the token is the request's own, so that a sign-in may renew its session.</summary>
    public bool IsExchanged { get; init; }

    public static TicketResult Refused(Problem problem) => new(Problem: problem);

    public static TicketResult Ended(SessionEndReason reason) => new(Problem: Problem.SessionEnded, Reason: reason);
}
