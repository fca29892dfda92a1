using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Pawl.Server;

/// <summary>
/// PBKDF2 with SHA-512 and as many rounds as OWASP's password storage cheat sheet asks; hashes with fewer are replaced at the next sign-in. What looks the same is
/// the same (NFKC; NIST SP 800-63B-4, section 3.1.1.2): a keyboard must not decide in which of its forms an é is typed.
/// </summary>
internal sealed class PasswordHashing() : PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }))
{
    private const int Rounds = 220_000;

    private static readonly User Nobody = new();
    private static readonly string NobodysHash = MakeNobodysHash();

    // Without ICU, as in some small containers, .NET leaves text as it is.
    private static readonly bool CanNormalize = "\uFB01".Normalize(NormalizationForm.FormKC) == "fi";

    /// <summary>
    /// The form that is hashed. Null if there is none: for half of a surrogate pair, for U+FFFE, and for more than
    /// ASCII on a machine without Unicode data.
    /// </summary>
    /// <remarks>
    /// It must not change for any password that an account may have. <see cref="PasswordRules"/> says which a new one may be.
    /// </remarks>
    public static string? Normalize(string password)
    {
        if (Ascii.IsValid(password))
            return password;
        // .NET's normalisation throws on U+FFFE.
        var isText = !password.Contains('\uFFFE', StringComparison.Ordinal)
            && password.EnumerateRunes().All(static rune => rune != Rune.ReplacementChar);
        return CanNormalize && isText ? password.Normalize(NormalizationForm.FormKC) : null;
    }

    public override string HashPassword(User user, string password) =>
        base.HashPassword(user, Normalize(password) ?? throw new ArgumentException("A password that cannot be normalised is one for the rules to refuse.", nameof(password)));

    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        base.VerifyHashedPassword(user, hashedPassword, Normalize(providedPassword) ?? "");

    /// <summary>Takes the time that it takes to find a password wrong, for a user there is not.</summary>
    public void VerifyNobodys(string password) => VerifyHashedPassword(Nobody, NobodysHash, password);

    // Identity's format 3: marker(1) · algorithm(4) · rounds(4) · size of the salt(4) · salt(16) · hash(32). No password has a hash of zeros.
    private static string MakeNobodysHash()
    {
        const int Sha512 = 2, Header = 13, Salt = 16, Hash = 32;
        Span<byte> bytes = stackalloc byte[Header + Salt + Hash];
        bytes.Clear();
        bytes[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], Sha512);
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], Rounds);
        BinaryPrimitives.WriteInt32BigEndian(bytes[9..], Salt);
        return Convert.ToBase64String(bytes);
    }
}
