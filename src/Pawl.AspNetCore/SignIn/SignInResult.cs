namespace Pawl.AspNetCore;

/// <summary>The result of a sign-in: tokens, or a problem with the reason if the session has ended.</summary>
internal readonly record struct SignInResult(IssuedTokens? Tokens, Problem? Problem = null, SessionEndReason? Reason = null)
{
    public static SignInResult Refused(Problem problem) => new(null, problem);

    public static SignInResult Ended(SessionEndReason reason) => new(null, Problem.SessionEnded, reason);
}
