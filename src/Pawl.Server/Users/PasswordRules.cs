using Microsoft.AspNetCore.Identity;

namespace Pawl.Server;

/// <summary>
/// Long and not guessable, and nothing else: no demands on kinds of characters, which make passwords no better (NIST SP 800-63B-4, section 3.1.1.2). Identity asks
/// it at sign-up and wherever a password is changed; a check against breached passwords is another <see cref="IPasswordValidator{TUser}"/> beside it.
/// </summary>
internal sealed class PasswordRules(int minimumLength) : IPasswordValidator<User>
{
    /// <summary>More is refused, never cut off.</summary>
    public const int MaximumLength = 256;

    /// <summary>The code of every refusal.</summary>
    public const string Code = "password_refused";

    /// <summary>In characters as people count them.</summary>
    public int MinimumLength => minimumLength;

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        Task.FromResult(FindFault(password ?? "", user.Email ?? "") is { } sentence
            ? IdentityResult.Failed(new IdentityError { Code = Code, Description = sentence })
            : IdentityResult.Success);

    private string? FindFault(string password, string email)
    {
        if (password.Length > MaximumLength)
            return $"The password is too long: {MaximumLength} characters at most.";
        if (PasswordHashing.Normalize(password) is not { } text || !password.EnumerateRunes().All(VisibleText.IsStable))
            return "The password has characters that this server cannot store; use others.";
        if (text.EnumerateRunes().Count() < minimumLength)
            return $"The password is too short: {minimumLength} characters at least. A few words that have nothing to do with each other are long and easy to remember.";
        // A part that anybody would guess is worth one character, however long it is.
        return GuessableParts.CountOthers(text, email) < Math.Max(5, (minimumLength + 1) / 2)
            ? "The password is easy to guess: most of it is a common word, a repetition, a run of keys, or your address. Add words that have nothing to do with each other."
            : null;
    }
}
