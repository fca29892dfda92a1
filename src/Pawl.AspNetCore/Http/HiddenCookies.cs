using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// The cookies that only Pawl sees, because a refresh token is a whole session. Every spelling is removed, so that a planted
/// twin cannot keep the real cookie in place.
/// </summary>
internal static class HiddenCookies
{
    /// <summary>Removes them from a request. The other cookies stay as they were.</summary>
    public static void TakeOut(IHeaderDictionary headers)
    {
        var rest = headers.Cookie.Select(static line => Without(line!)).Where(static line => line.Length > 0).ToArray();
        headers.Cookie = rest.Length == 1 ? rest[0] : rest;
    }

    private static bool IsHidden(CookiePair pair) => pair.IsNamed(PawlDefaults.RefreshCookie) || pair.IsNamed(PawlDefaults.SignInCookie);

    private static string Without(string line)
    {
        var kept = new StringBuilder(line.Length);
        for (var rest = new StringSegment(line); rest.Length > 0;)
        {
            var start = rest.Offset;
            var pair = CookiePair.TakeNext(ref rest);
            var end = rest.Length > 0 ? rest.Offset : line.Length;
            if (!IsHidden(pair))
                kept.Append(line, start, end - start);
            else if (end == line.Length && !line.EndsWith(';'))
                // The semicolon before the last pair goes with it.
                return kept.ToString().TrimEnd(';', ' ');
            else
                ReplaceBlanks(line, start, kept, ref rest);
        }
        return kept.Length == line.Length ? line : kept.ToString();
    }

    // The blanks before the pair stay, instead of those before the next pair.
    private static void ReplaceBlanks(string line, int start, StringBuilder kept, ref StringSegment rest)
    {
        for (; line[start] is ' ' or '\t'; start++)
            kept.Append(line[start]);
        while (rest.Length > 0 && rest[0] is ' ')
            rest = rest.Subsegment(1);
    }
}
