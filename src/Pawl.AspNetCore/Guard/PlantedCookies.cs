using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Deletes cookies that may have been planted beside ours: the same names with a Domain or a longer Path, and other spellings of the
/// names. Our cookies have neither attribute, so none of these deletions affects them. A browser that enforces the name prefixes ignores
/// the deletions, as it ignores planted cookies.
/// </summary>
internal static class PlantedCookies
{
    // Common proxies accept four kilobytes of headers, and the caller chooses the length of the path.
    private const int MaxDeletions = 24;
    private const int MaxCharacters = 2048;
    private const int DeepestPath = 3;

    /// <summary>Adds the deletions to the response: for every parent domain, and for every path above that of the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="sentTo">The path that the browser has sent the request to, if a gateway asks about it.</param>
    public static void Delete(HttpContext context, RequestTokens tokens, PathString sentTo = default)
    {
        var ours = tokens.Names;
        var names = FindNames(tokens.Twins, ours);
        var deletions =
            from path in Paths(sentTo.HasValue ? sentTo : context.Request.PathBase.Add(context.Request.Path))
            from domain in Domains(context.Request.Host.Host)
            from name in names
            where !(domain is null && path == "/" && IsOurs(name, ours))
            select $"{name}=; Max-Age=0; Path={path}{(domain is null ? "" : $"; Domain={domain}")}; Secure; HttpOnly";
        var left = MaxCharacters;
        foreach (var deletion in deletions.Take(MaxDeletions).TakeWhile(d => (left -= d.Length) >= 0))
            context.Response.Headers.Append("Set-Cookie", deletion);
    }

    // If a name appears once and is spelled exactly, it has no twin.
    private static List<string> FindNames(IReadOnlyList<KeyValuePair<string, string>> twins, CookieNames ours) =>
        [
            .. twins
                .GroupBy(static twin => twin.Key, StringComparer.OrdinalIgnoreCase)
                .Where(same => same.Count() > 1 || !IsOurs(same.Single().Key, ours))
                .SelectMany(static same => same.Select(static twin => twin.Key))
                .Where(static name => Ascii.IsValid(name))
                .Distinct(StringComparer.Ordinal),
        ];

    private static bool IsOurs(string name, CookieNames ours) => name == ours.Access || name == ours.Refresh || name == ours.SignIn;

    // The root comes first, because a twin there affects every path.
    private static IEnumerable<string> Paths(PathString sentTo)
    {
        yield return "/";
        var path = sentTo.ToUriComponent();
        for (int end = path.IndexOf('/', 1), depth = 0; depth < DeepestPath && path.Length > 1; end = path.IndexOf('/', end + 1), depth++)
        {
            var part = end < 0 ? path : path[..end];
            // A cookie's path can contain neither.
            if (part.AsSpan().ContainsAny(';', ','))
                yield break;
            yield return part;
            if (end < 0)
                yield break;
            yield return part + "/";
        }
    }

    // No domain, then the host itself and its parents. Browsers refuse cookies for a top-level domain.
    private static IEnumerable<string?> Domains(string host)
    {
        yield return null;
        if (Uri.CheckHostName(host) is not UriHostNameType.Dns)
            yield break;
        for (var domain = host; domain.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot; domain = domain[(dot + 1)..])
            yield return domain.ToLower(CultureInfo.InvariantCulture);
    }
}
