using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Pawl.Server;

namespace Pawl.Fuzz;

/// <summary>The texts of an account: any UTF-16, including some that JSON cannot carry.</summary>
internal static class TextTargets
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UpperInvariantLookupNormalizer Names = new();
    private static readonly PasswordRules Rules = new(minimumLength: 15);

    /// <summary>An address or a password. No layer throws, and every layer accepts the text that the first one accepts.</summary>
    public static readonly Target Text = new(
        "text",
        static input => new string(MemoryMarshal.Cast<byte, char>(input)),
        static input =>
        {
            var text = (string)input;
            if (User.MayHaveEmail(text))
                CheckName(text, Names.NormalizeEmail(text));
            if (User.IsEmail(text))
            {
                BrokenException.Unless(User.MayHaveEmail(text), "An address that could be made, but not be used.");
                BrokenException.Unless(Names.NormalizeEmail(text)!.Length <= 256, "The normalised address does not fit into its column.");
            }
            var normalized = PasswordHashing.Normalize(text);
            if (normalized is not null)
            {
                Strict.GetByteCount(normalized);
                BrokenException.Unless(
                    PasswordHashing.Normalize(normalized) == normalized,
                    "A password changes when it is normalised again."
                );
            }
            var isTaken = Rules.ValidateAsync(null!, new User { Email = "ada@example.com" }, text).GetAwaiter().GetResult().Succeeded;
            BrokenException.Unless(!isTaken || normalized is not null, "A password that no sign-in could repeat.");
        },
        static length => 1_048_576 + 256 * length
    );

    private static void CheckName(string text, string? name)
    {
        Strict.GetByteCount(text);
        Strict.GetByteCount(name!);
        BrokenException.Unless(!name!.Contains('\0', StringComparison.Ordinal), "PostgreSQL does not take NUL.");
    }
}
