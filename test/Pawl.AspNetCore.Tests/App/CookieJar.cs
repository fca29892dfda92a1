namespace Pawl.AspNetCore.Tests;

/// <summary>A browser's cookies of one host, by the rules of RFC 6265bis that matter here; time is the test's.</summary>
internal sealed class CookieJar(TimeProvider clock, bool isTrustworthy)
{
    private readonly Dictionary<string, (string Value, DateTimeOffset? Expires, string? SameSite)> _cookies = new(StringComparer.Ordinal);

    /// <summary>A cookie's value; null if there is none (any more).</summary>
    public string? this[string name]
    {
        get => _cookies.TryGetValue(name, out var cookie) && !(cookie.Expires <= clock.GetUtcNow()) ? cookie.Value : null;
        set
        {
            if (value is null)
                _cookies.Remove(name);
            else
                _cookies[name] = (value, null, null);
        }
    }

    public IEnumerable<string> Names => _cookies.Keys.Where(name => this[name] is not null);

    /// <summary>What a request carries; null without any.</summary>
    public string? Header => Names.Any() ? string.Join("; ", Names.Select(name => $"{name}={this[name]}")) : null;

    /// <summary>What a navigation from another site carries; null without any.</summary>
    public string? CrossSiteHeader(bool isGet)
    {
        var names = Names.Where(name => IsSent(_cookies[name].SameSite, isGet)).ToList();
        return names.Count > 0 ? string.Join("; ", names.Select(name => $"{name}={this[name]}")) : null;
    }

    public void Take(SetCookie cookie)
    {
        if (!IsWelcome(cookie))
            return;
        _cookies.Remove(cookie.Name);
        if (!cookie.IsDeletion)
            _cookies.Add(
                cookie.Name,
                (
                    cookie.Value,
                    cookie.MaxAge is { } age ? clock.GetUtcNow().AddSeconds(Math.Min(age, 400 * 24 * 3600)) : null,
                    cookie.Attributes.GetValueOrDefault("SameSite")
                )
            );
    }

    /// <summary>The browser is closed: cookies without a lifetime go.</summary>
    public void Close()
    {
        foreach (var name in _cookies.Where(static c => c.Value.Expires is null).Select(static c => c.Key).ToList())
            _cookies.Remove(name);
    }

    public CookieJar Copy()
    {
        var copy = new CookieJar(clock, isTrustworthy);
        foreach (var (name, cookie) in _cookies)
            copy._cookies.Add(name, cookie);
        return copy;
    }

    private static bool IsSent(string? sameSite, bool isGet) =>
        "None".Equals(sameSite, StringComparison.OrdinalIgnoreCase)
        || (isGet && !"Strict".Equals(sameSite, StringComparison.OrdinalIgnoreCase));

    // The prefixes are promises (RFC 6265bis, section 4.1.3); a deletion that breaks them is dropped like any other cookie that does.
    private bool IsWelcome(SetCookie cookie)
    {
        bool Has(string attribute) => cookie.Attributes.ContainsKey(attribute);
        if (cookie.Name.Length + cookie.Value.Length > 4096 || (Has("Secure") && !isTrustworthy))
            return false;
        if (
            cookie.Name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase)
            && !(Has("Secure") && !Has("Domain") && cookie.Attributes.GetValueOrDefault("Path") == "/")
        )
            return false;
        return !cookie.Name.StartsWith("__Host-Http-", StringComparison.OrdinalIgnoreCase) || Has("HttpOnly");
    }
}
