using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>What the account endpoints refuse, in the look of all refusals.</summary>
internal static class AccountProblems
{
    /// <summary>The same for an unknown user, a wrong password and an account that is disabled.</summary>
    public static readonly Problem InvalidCredentials = new(401, "invalid_credentials", "The e-mail address or the password is wrong.", Challenge: "Bearer");

    public static readonly Problem WrongPassword = new(403, "invalid_credentials", "That is not the current password.");

    public static readonly Problem EmailRefused = new(400, "email_refused", "That is no e-mail address.");

    public static Problem PasswordRefused(string sentence) => new(400, PasswordRules.Code, sentence);
}
