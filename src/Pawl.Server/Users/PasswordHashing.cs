using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Pawl.Server;

/// <summary>
/// PBKDF2 with SHA-512 and the number of rounds that OWASP's password storage cheat sheet requires. Hashes with fewer rounds are replaced
/// at the next sign-in. Passwords are normalized (NFKC; NIST SP 800-63B-4, section 3.1.1.2), because keyboards produce the same
/// character, such as é, in different forms.
/// </summary>
internal sealed class PasswordHashing() : PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }))
{
    private const int Rounds = 220_000;

    private static readonly User Nobody = new();
    private static readonly string NobodysHash = MakeNobodysHash();

    // Without ICU, as in some small containers, .NET does not normalize text.
    private static readonly bool CanNormalize = "\uFB01".Normalize(NormalizationForm.FormKC) == "fi";

    /// <summary>
    /// The form that is hashed. It is null for half of a surrogate pair and for U+FFFE. It is also null for non-ASCII text on a machine
    /// without Unicode data.
    /// </summary>
    /// <remarks>
    /// The form must not change for any password that an account may have. <see cref="PasswordRules"/> says which new passwords are
    /// allowed.
    /// </remarks>
    public static string? Normalize(string password)
    {
        if (Ascii.IsValid(password))
            return password;
        // .NET's normalization throws on U+FFFE.
        var isText =
            !password.Contains('\uFFFE', StringComparison.Ordinal)
            && password.EnumerateRunes().All(static rune => rune != Rune.ReplacementChar);
        return CanNormalize && isText ? password.Normalize(NormalizationForm.FormKC) : null;
    }

    public override string HashPassword(User user, string password) =>
        base.HashPassword(
            user,
            Normalize(password)
                ?? throw new ArgumentException("A password that cannot be normalised is one for the rules to refuse.", nameof(password))
        );

    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        base.VerifyHashedPassword(user, hashedPassword, Normalize(providedPassword) ?? "");

    /// <summary>Takes the time of a failed verification, for a user who does not exist.</summary>
    public void VerifyNobodys(string password) => VerifyHashedPassword(Nobody, NobodysHash, password);

    // Identity's format 3: marker(1) · algorithm(4) · rounds(4) · size of the salt(4) · salt(16) · hash(32). No password has a hash of
    // zeros.
    private static string MakeNobodysHash()
    {
        const int Sha512 = 2,
            Header = 13,
            Salt = 16,
            Hash = 32;
        Span<byte> bytes = stackalloc byte[Header + Salt + Hash];
        bytes.Clear();
        bytes[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], Sha512);
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], Rounds);
        BinaryPrimitives.WriteInt32BigEndian(bytes[9..], Salt);
        return Convert.ToBase64String(bytes);
    }
}
