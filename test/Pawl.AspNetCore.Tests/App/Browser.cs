using System.Net.Http.Json;
using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A browser on one page of the app: it keeps cookies, and says where its requests come from. It knows of Pawl what the JavaScript client
/// knows.
/// </summary>
internal sealed class Browser(HttpClient client, TimeProvider clock, Uri origin)
{
    private readonly HttpClient _client = client;

    public CookieJar Cookies { get; init; } = new(clock, origin.Scheme == "https" || origin.IsLoopback);

    /// <summary>The names that the app has given its cookies.</summary>
    public CookieNames Names { get; init; } = new(PawlDefaults.CookieName);

    public string UserAgent { get; init; } = "Mozilla/5.0 (X11; Linux) Test/1.0";

    public string? AccessToken => Cookies[Names.Access];

    public string? RefreshToken => Cookies[Names.Refresh];

    /// <summary>The session's public id, which script can read; <c>none</c> without one.</summary>
    public string Sid => Cookies[Names.Session]?.Split('.')[0] ?? "none";

    /// <summary>Whether script can tell that the access token is fresh.</summary>
    public bool IsFresh => Cookies[Names.Fresh] is not null;

    /// <summary>Somebody else with a copy of the cookies: a thief, or the same profile restored from a backup.</summary>
    public Browser Copy() =>
        new(_client, clock, origin)
        {
            Cookies = Cookies.Copy(),
            Names = Names,
            UserAgent = UserAgent,
        };

    /// <summary>The same browser, when another app answers on the origin, or another node.</summary>
    public Browser On(TestApp app) => new(app.NewClient(), clock, origin) { Cookies = Cookies, UserAgent = UserAgent };

    /// <summary>Goes to a page by a link of the app's own.</summary>
    public Task<Answer> OpenAsync(string path) => NavigateAsync(HttpMethod.Get, path, Own);

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>Asks for <paramref name="path"/> as a gateway does when the user has opened a page of the app behind it.</summary>
    public Task<Answer> AskAsync(string path, params (string Name, string Value)[] headers) =>
        NavigateAsync(HttpMethod.Get, path, Own, headers: headers);

    public Task<Answer> PostAsync(string path, object? json = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, json is null ? null : JsonContent.Create(json), headers);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public async Task<Answer> SignInAsync(string name, Login? login = null)
    {
        var answer = await PostAsync("/login", (login ?? new Login(name)) with { Name = name });
        Assert.Equal(200, answer.Status);
        return answer;
    }

    public Task<Answer> RefreshAsync() => PostAsync("/auth/refresh", null, (PawlDefaults.SessionHeader, Sid));

    public Task<Answer> LogoutAsync(string? scope = null) =>
        PostAsync("/auth/logout", scope is null ? null : new { scope }, (PawlDefaults.SessionHeader, Sid));

    /// <summary>GET /me of the app, which needs somebody signed in.</summary>
    public Task<Answer> MeAsync() => GetAsync("/me");

    /// <summary>Sends a request as script of <paramref name="page"/> would: null is the app's own page.</summary>
    public async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        (string Name, string Value)[]? headers = null,
        string? page = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(origin, path)) { Content = content };
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        var site =
            page is null ? "same-origin"
            : IsSameSite(new Uri(page)) ? "same-site"
            : "cross-site";
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", "cors");
        if (method != HttpMethod.Get || page is not null)
            request.Headers.Add("Origin", page ?? Own);
        // All of ours are SameSite: a cross-site page's requests go without.
        if (site != "cross-site" && Cookies.Header is { } cookies)
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        foreach (var (name, value) in headers ?? [])
            request.Headers.TryAddWithoutValidation(name, value);

        return await ReadAsync(request);
    }

    /// <summary>Goes to a page of the app, by a link or a form on a page of another origin.</summary>
    public async Task<Answer> NavigateAsync(
        HttpMethod method,
        string path,
        string from,
        HttpContent? form = null,
        (string Name, string Value)[]? headers = null
    )
    {
        var site =
            from == Own ? "same-origin"
            : IsSameSite(new Uri(from)) ? "same-site"
            : "cross-site";
        using var request = new HttpRequestMessage(method, new Uri(origin, path)) { Content = form };
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.Add("Accept", "text/html,*/*;q=0.8");
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        if (method != HttpMethod.Get)
            request.Headers.Add("Origin", from);
        if ((site == "cross-site" ? Cookies.CrossSiteHeader(method == HttpMethod.Get) : Cookies.Header) is { } cookies)
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        foreach (var (name, value) in headers ?? [])
            request.Headers.TryAddWithoutValidation(name, value);
        return await ReadAsync(request);
    }

    public static StringContent Form(string text) => new(text, Encoding.UTF8, "application/x-www-form-urlencoded");

    private string Own => origin.GetLeftPart(UriPartial.Authority);

    private async Task<Answer> ReadAsync(HttpRequestMessage request)
    {
        using var response = await _client.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        foreach (var cookie in answer.SetCookies)
            Cookies.Take(cookie);
        return answer;
    }

    private bool IsSameSite(Uri page) => page.Scheme == origin.Scheme && Site(page.Host) == Site(origin.Host);

    private static string Site(string host) => string.Join('.', host.Split('.')[^2..]);
}
