namespace Pawl.AspNetCore;

/// <summary>What a sign-in leads to: tokens, or a problem, with the reason where a session has ended.</summary>
internal readonly record struct SignInResult(IssuedTokens? Tokens, Problem? Problem = null, SessionEndReason? Reason = null)
{
    public static SignInResult Refused(Problem problem) => new(null, problem);

    public static SignInResult Ended(SessionEndReason reason) => new(null, Problem.SessionEnded, reason);
}
