using System.Globalization;
using System.Text;

namespace Pawl.Server;

/// <summary>The characters that the texts of a new account may have.</summary>
internal static class VisibleText
{
    /// <summary>
    /// Whether a password may have this character. Unassigned characters may normalize differently once Unicode assigns them (NIST SP
    /// 800-63B-4, section 3.1.1.2, requires stabilized strings: UAX #15, section 12.1). A user cannot type control characters again.
    /// </summary>
    public static bool IsStable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.OtherNotAssigned or UnicodeCategory.Control);

    /// <summary>
    /// Whether an address may have this character: it is assigned and visible. Otherwise two addresses that look the same would be two
    /// accounts.
    /// </summary>
    public static bool IsVisible(char c) =>
        char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate => false,
            UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
            // The default ignorable code points of the other categories: joiners, fillers and variation selectors. Also the blank of
            // Braille.
            _ => c
                is not (
                    '\u034F'
                    or '\u115F'
                    or '\u1160'
                    or '\u17B4'
                    or '\u17B5'
                    or (>= '\u180B' and <= '\u180F')
                    or '\u2800'
                    or '\u3164'
                    or (>= '\uFE00' and <= '\uFE0F')
                    or '\uFFA0'
                ),
        };
}
