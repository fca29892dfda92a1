using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pawl;

/// <summary>The rules for texts in a session. Every store keeps such a text unchanged, and two different texts stay different.</summary>
public static class SessionText
{
    /// <summary>The maximum length of <see cref="Session.Subject"/>, in UTF-16 code units.</summary>
    public const int MaxSubjectLength = 256;

    /// <summary>The maximum length of <see cref="Session.Device"/>, in UTF-16 code units.</summary>
    public const int MaxDeviceLength = 256;

    /// <summary>
    /// Whether a text is well-formed UTF-16. A lone surrogate has no form in UTF-8: some stores refuse it, and others replace it, so that
    /// two texts become one.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) is not OperationStatus.Done)
                return false;
            text = text[length..];
        }
        return true;
    }

    /// <summary>
    /// Whether a text is well-formed UTF-16 without control characters. NUL is one of them, and PostgreSQL does not keep it.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
                return false;
        }
        return IsWellFormed(text);
    }

    /// <summary>
    /// For stores: throws if some store cannot keep a text as it is, because it is not well-formed UTF-16 or has a NUL. Stores call it
    /// before they send anything, so that a caller's fault is never taken for a fault of the store.
    /// </summary>
    /// <exception cref="ArgumentException">The text cannot be kept.</exception>
    public static void ThrowIfNotKept(string? text, [CallerArgumentExpression(nameof(text))] string? paramName = null)
    {
        if (text is not null && (text.Contains('\0', StringComparison.Ordinal) || !IsWellFormed(text)))
            throw new ArgumentException("The text must be well-formed UTF-16 without NUL.", paramName);
    }

    /// <summary>For stores: checks every text of a session in the same way.</summary>
    /// <exception cref="ArgumentException">One of them cannot be kept.</exception>
    /// <exception cref="ArgumentNullException">There is no session.</exception>
    public static void ThrowIfNotKept(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        ThrowIfNotKept(session.Subject);
        ThrowIfNotKept(session.Device);
        ThrowIfNotKept(session.SecurityStamp);
    }

    /// <summary>
    /// Whether a text can be a <see cref="Session.Subject"/>: 1 to 256 characters, well-formed UTF-16, no control characters.
    /// </summary>
    public static bool IsSubject(string? text) => text is { Length: > 0 and <= MaxSubjectLength } && IsValid(text);

    /// <summary>
    /// Makes the name of a device from any text: without characters that control, format or separate lines, or that have no agreed meaning
    /// (Unicode categories Cc, Cf, Zl, Zp, Cs, Co), and cut to 256 UTF-16 code units between two characters. Half of a surrogate pair
    /// becomes U+FFFD. Null if nothing is left.
    /// </summary>
    public static string? ToDevice(string? text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.AsSpan().EnumerateRunes())
        {
            if (!IsShown(Rune.GetUnicodeCategory(rune)))
                continue;
            if (clean.Length + rune.Utf16SequenceLength > MaxDeviceLength)
                break;
            clean.Append(rune.ToString());
        }
        return clean.Length == 0 ? null : clean.ToString();
    }

    // Lists are read on pages and in terminals, where such characters move, hide or reverse the text around them.
    private static bool IsShown(UnicodeCategory category) =>
        category
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
            );
}
