using Microsoft.AspNetCore.Identity;

namespace Pawl.Server;

/// <summary>
/// A password must be long and hard to guess. There are no rules about kinds of characters, which do not improve passwords (NIST SP
/// 800-63B-4, section 3.1.1.2). Identity calls this at sign-up and at each change of a password. A check against breached passwords would
/// be another <see cref="IPasswordValidator{TUser}"/>.
/// </summary>
internal sealed class PasswordRules(int minimumLength) : IPasswordValidator<User>
{
    /// <summary>A longer password is refused, never truncated.</summary>
    public const int MaximumLength = 256;

    /// <summary>The code of every refusal.</summary>
    public const string Code = "password_refused";

    /// <summary>The minimum length in characters as people count them.</summary>
    public int MinimumLength => minimumLength;

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        Task.FromResult(
            FindFault(password ?? "", user.Email ?? "") is { } sentence
                ? IdentityResult.Failed(new IdentityError { Code = Code, Description = sentence })
                : IdentityResult.Success
        );

    private string? FindFault(string password, string email)
    {
        if (password.Length > MaximumLength)
            return $"The password is too long: {MaximumLength} characters at most.";
        if (PasswordHashing.Normalize(password) is not { } text || !password.EnumerateRunes().All(VisibleText.IsStable))
            return "The password has characters that this server cannot store; use others.";
        if (text.EnumerateRunes().Count() < minimumLength)
            return $"The password is too short: {minimumLength} characters at least. A few words that have nothing to do with each "
                + "other are long and easy to remember.";
        // A guessable part counts as one character, whatever its length.
        return GuessableParts.CountOthers(text, email) < Math.Max(5, (minimumLength + 1) / 2)
            ? "The password is easy to guess: most of it is a common word, a repetition, a run of keys, or your address. Add words "
                + "that have nothing to do with each other."
            : null;
    }
}
