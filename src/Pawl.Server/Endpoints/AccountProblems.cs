using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>The problems of the account endpoints, in the same form as Pawl's own.</summary>
internal static class AccountProblems
{
    /// <summary>The same problem for an unknown user, a wrong password and a disabled account.</summary>
    public static readonly Problem InvalidCredentials = new(
        401,
        "invalid_credentials",
        "The e-mail address or the password is wrong.",
        Challenge: "Bearer"
    );

    public static readonly Problem WrongPassword = new(403, "invalid_credentials", "The current password is wrong.");

    public static readonly Problem EmailRefused = new(400, "email_refused", "This is not an e-mail address.");

    public static Problem PasswordRefused(string sentence) => new(400, PasswordRules.Code, sentence);
}
