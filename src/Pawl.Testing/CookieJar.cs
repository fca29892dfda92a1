using Microsoft.Net.Http.Headers;

namespace Pawl.Testing;

/// <summary>
/// The cookies of one client for the app. They expire by the app's clock, which <see cref="System.Net.CookieContainer"/> does not know.
/// Thread-safe.
/// </summary>
internal sealed class CookieJar(TimeProvider clock)
{
    private readonly Dictionary<(string Name, string Path), (string Value, DateTimeOffset? Expires)> _cookies = [];

    /// <summary>The value of a cookie with the path <c>/</c>; null if there is none, or none any more.</summary>
    public string? Find(string name)
    {
        lock (_cookies)
            return _cookies.TryGetValue((name, "/"), out var cookie) && IsAlive(cookie.Expires) ? cookie.Value : null;
    }

    public void Remove(string name)
    {
        lock (_cookies)
            _cookies.Remove((name, "/"));
    }

    /// <summary>The header of a request; null if no cookie is for this path.</summary>
    public string? Write(string path)
    {
        lock (_cookies)
        {
            var sent = _cookies
                .Where(cookie => IsAlive(cookie.Value.Expires) && IsWithin(path, cookie.Key.Path))
                .OrderByDescending(static cookie => cookie.Key.Path.Length)
                .Select(static cookie => $"{cookie.Key.Name}={cookie.Value.Value}")
                .ToList();
            return sent.Count > 0 ? string.Join("; ", sent) : null;
        }
    }

    /// <summary>Takes the <c>Set-Cookie</c> lines of a response.</summary>
    public void Take(IEnumerable<string> lines, string requestPath)
    {
        foreach (var line in lines)
        {
            if (!SetCookieHeaderValue.TryParse(line, out var cookie))
                continue;
            var path = cookie.Path is { HasValue: true, Value: ['/', ..] given }
                ? given
                : requestPath[..(requestPath.LastIndexOf('/') + 1)];
            var expires = cookie.MaxAge is { } age ? clock.GetUtcNow() + age : cookie.Expires;
            lock (_cookies)
            {
                // A deleted cookie and an expired one are the same to a browser.
                if (IsAlive(expires))
                    _cookies[(cookie.Name.ToString(), path)] = (cookie.Value.ToString(), expires);
                else
                    _cookies.Remove((cookie.Name.ToString(), path));
            }
        }
    }

    public CookieJar Copy()
    {
        var copy = new CookieJar(clock);
        lock (_cookies)
        {
            foreach (var (key, cookie) in _cookies)
                copy._cookies.Add(key, cookie);
        }
        return copy;
    }

    private bool IsAlive(DateTimeOffset? expires) => expires is null || expires > clock.GetUtcNow();

    // RFC 6265, section 5.1.4.
    private static bool IsWithin(string path, string scope) =>
        path.StartsWith(scope, StringComparison.Ordinal)
        && (path.Length == scope.Length || scope.EndsWith('/') || path[scope.Length] == '/');
}
