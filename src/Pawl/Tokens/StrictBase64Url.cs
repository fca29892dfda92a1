using System.Buffers;
using System.Buffers.Text;

namespace Pawl;

/// <summary>
/// Base64url exactly as RFC 7515, section 2 defines it. The platform's decoder also accepts padding, white space and stray bits in the
/// last character, so one signature would have several spellings.
/// </summary>
internal static class StrictBase64Url
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    public static int DecodedLength(int characters) => characters / 4 * 3 + characters % 4 * 3 / 4;

    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        return IsCanonical(text)
            && destination.Length >= DecodedLength(text.Length)
            && Base64Url.TryDecodeFromChars(text, destination, out written);
    }

    public static bool IsCanonical(ReadOnlySpan<char> text) =>
        !text.ContainsAnyExcept(Characters)
        && (text.Length % 4) switch
        {
            0 => true,
            2 => (Alphabet.IndexOf(text[^1]) & 0b1111) == 0,
            3 => (Alphabet.IndexOf(text[^1]) & 0b11) == 0,
            _ => false,
        };
}
