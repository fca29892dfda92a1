using System.Text;

namespace Pawl;

/// <summary>
/// URLs as RFC 9449, section 4.3 compares them: without query and fragment, normalized by syntax and scheme (RFC 3986, sections 6.2.2 and
/// 6.2.3).
/// </summary>
internal static class HttpTarget
{
    private const string Separator = "://";

    /// <summary>
    /// The URL in its normal form: scheme and host in lower case, no default port, a path without needless escapes. Null if it is not an
    /// absolute http or https URL. Dot segments stay, so no path stands for another one.
    /// </summary>
    public static string? Normalize(string url)
    {
        // Uri trims white space and takes a backslash for a slash.
        if (url.AsSpan().ContainsAnyExceptInRange('!', '~') || url.Contains('\\', StringComparison.Ordinal))
            return null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0)
            return null;
        var start = url.IndexOf(Separator, StringComparison.Ordinal);
        if (start < 0)
            return null;
        var rest = url.AsSpan(start + Separator.Length);
        rest = rest.IndexOfAny('/', '?', '#') is >= 0 and var path ? rest[path..] : default;
        rest = rest.IndexOfAny('?', '#') is >= 0 and var end ? rest[..end] : rest;
        var normal = new StringBuilder(url.Length).Append(uri.Scheme).Append(Separator).Append(uri.Host.ToLowerInvariant());
        if (!uri.IsDefaultPort)
            normal.Append(':').Append(uri.Port);
        AppendPath(normal, rest.IsEmpty ? "/" : rest);
        return normal.ToString();
    }

    private static void AppendPath(StringBuilder normal, ReadOnlySpan<char> path)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%' || i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                normal.Append(path[i]);
                continue;
            }
            var character = (char)Convert.FromHexString(path.Slice(i + 1, 2))[0];
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~')
                normal.Append(character);
            else
                normal.Append('%').Append(char.ToUpperInvariant(path[i + 1])).Append(char.ToUpperInvariant(path[i + 2]));
            i += 2;
        }
    }
}
