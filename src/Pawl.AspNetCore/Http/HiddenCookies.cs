using System.Text;
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

    private static string Without(string line, CookieNames names)
    {
        var kept = new StringBuilder(line.Length);
        for (var rest = new StringSegment(line); rest.Length > 0; )
        {
            var start = rest.Offset;
            var pair = CookiePair.TakeNext(ref rest);
            var end = rest.Length > 0 ? rest.Offset : line.Length;
            if (!pair.IsNamed(names.Refresh) && !pair.IsNamed(names.SignIn))
                kept.Append(line, start, end - start);
            else if (end == line.Length && !line.EndsWith(';'))
                // If the last pair is removed, the semicolon before it is removed, too.
                return kept.ToString().TrimEnd(';', ' ');
            else
                ReplaceBlanks(line, start, kept, ref rest);
        }
        return kept.Length == line.Length ? line : kept.ToString();
    }

    // The spaces before the removed pair stay, and those before the next pair are removed.
    private static void ReplaceBlanks(string line, int start, StringBuilder kept, ref StringSegment rest)
    {
        for (; line[start] is ' ' or '\t'; start++)
            kept.Append(line[start]);
        while (rest.Length > 0 && rest[0] is ' ')
            rest = rest.Subsegment(1);
    }
}
