using System.Text.RegularExpressions;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A browser without script that shows pages and their images, each request at another node. All that is asked for at once goes out with
/// the same cookies, and the responses arrive in any order.
/// </summary>
internal sealed partial class PageReader(IReadOnlyList<PagesApp> nodes, TestClock clock)
{
    private int _requests;

    public CookieJar Cookies { get; } = new(clock, isTrustworthy: true);

    public SessionId Session => SessionId.Parse(Cookies[PawlDefaults.SessionCookie]!.Split('.')[0], null);

    /// <summary>Signs in by the form of the sign-in page.</summary>
    public async Task<Answer> SignInAsync(string name = "ada")
    {
        var form = Take(await SendAsync(HttpMethod.Get, "/login", isPage: true));
        return Take(
            await SendAsync(
                HttpMethod.Post,
                "/login",
                isPage: true,
                new FormUrlEncodedContent([
                    new("name", name),
                    new("password", $"{name}-likes-ferns"),
                    new("remember", "true"),
                    new("__RequestVerificationToken", AntiforgeryToken().Match(form.Body).Groups["value"].Value),
                ])
            )
        );
    }

    /// <summary>Shows a page with all its images. Returns the page, and how many images were not sent.</summary>
    public async Task<(Answer Page, int Missing)> ShowAsync(string path)
    {
        var page = Take(await SendAsync(HttpMethod.Get, path, isPage: true));
        var images = await Task.WhenAll(
            Image().Matches(page.Body).Select(async image => Take(await SendAsync(HttpMethod.Get, image.Groups["path"].Value)))
        );
        return (page, images.Count(static image => image.Status != 200));
    }

    /// <summary>Asks for a page and leaves before anything arrives: the server has answered, and the browser takes nothing of it.</summary>
    public Task LeaveAsync(string path) => SendAsync(HttpMethod.Get, path, isPage: true);

    private async Task<Answer> SendAsync(HttpMethod method, string path, bool isPage = false, HttpContent? form = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = form };
        request.Headers.Add("Accept", isPage ? "text/html,*/*;q=0.8" : "image/svg+xml,image/*,*/*;q=0.8");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("Sec-Fetch-Mode", isPage ? "navigate" : "no-cors");
        if (method != HttpMethod.Get)
            request.Headers.Add("Origin", TestApp.Origin);
        if (Cookies.Header is { } cookies)
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        var node = nodes[Interlocked.Increment(ref _requests) % nodes.Count];
        using var response = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    private Answer Take(Answer answer)
    {
        lock (Cookies)
        {
            foreach (var cookie in answer.SetCookies)
                Cookies.Take(cookie);
        }
        return answer;
    }

    [GeneratedRegex("""<img src="(?<path>/plates/[^"]+)""")]
    private static partial Regex Image();

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]* value="(?<value>[^"]+)""")]
    private static partial Regex AntiforgeryToken();
}
