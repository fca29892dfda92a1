using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Removes the cookies that only Pawl may see, because a refresh token gives the whole session. Every spelling of the names is removed,
/// so that a planted twin cannot keep the real cookie in place. Those of another app on the host stay, because their names are unknown.
/// </summary>
internal static class HiddenCookies
{
    /// <summary>Removes them from a request. The other cookies stay unchanged.</summary>
    public static void TakeOut(IHeaderDictionary headers, CookieNames names)
    {
        var rest = new StringValues();
        foreach (var line in headers.Cookie)
        {
            if (Without(line!, names) is { Length: > 0 } kept)
                rest = StringValues.Concat(rest, kept);
        }
        headers.Cookie = rest;
    }

    // Every authenticated request comes here, so the only allocation is the new line.
    private static string Without(string line, CookieNames names)
    {
        var buffer = ArrayPool<char>.Shared.Rent(line.Length);
        var kept = CopyKept(line, names, buffer);
        var result = kept.Length == line.Length ? line : kept.ToString();
        ArrayPool<char>.Shared.Return(buffer);
        return result;
    }

    private static ReadOnlySpan<char> CopyKept(string line, CookieNames names, Span<char> buffer)
    {
        var length = 0;
        for (var rest = new StringSegment(line); rest.Length > 0; )
        {
            var start = rest.Offset;
            var pair = CookiePair.TakeNext(ref rest);
            var end = rest.Length > 0 ? rest.Offset : line.Length;
            var isHidden = pair.IsNamed(names.Refresh) || pair.IsNamed(names.SignIn);
            // If the last pair is removed, the semicolon before it is removed, too.
            if (isHidden && end == line.Length && !line.EndsWith(';'))
                return buffer[..length].TrimEnd("; ");
            // The spaces before a removed pair stay, and those before the next pair are removed.
            var blanks = line.AsSpan(start).IndexOfAnyExcept(' ', '\t');
            var part = line.AsSpan(start, isHidden ? blanks : end - start);
            part.CopyTo(buffer[length..]);
            length += part.Length;
            while (isHidden && rest.Length > 0 && rest[0] is ' ')
                rest = rest.Subsegment(1);
        }
        return buffer[..length];
    }
}
