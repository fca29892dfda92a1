using System.Text.Json;

namespace Pawl.EndToEnd.Harness;

/// <summary>What the server answers somebody without a browser.</summary>
internal sealed record PlainReply(int Status, string? Code, string? Reason, IReadOnlyDictionary<string, string> Cookies)
{
    public override string ToString() => $"{Status} {Code} {Reason} {string.Join(' ', Cookies.Keys)}";
}

/// <summary>
/// Somebody with a plain HTTP client and another's cookies: shows what a cookie is still good for. Goes straight to the server.
/// </summary>
internal sealed class Outsider(IServer server) : IDisposable
{
    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
        }
    )
    {
        BaseAddress = server.Address,
    };

    /// <summary>Asks who the bearer of this access cookie is.</summary>
    public Task<PlainReply> AskAsync(string accessToken) => SendAsync(HttpMethod.Get, Tab.Me, (CookieNames.Access, accessToken));

    public Task<PlainReply> RefreshAsync(string refreshToken) =>
        SendAsync(HttpMethod.Post, Tab.Refresh, (CookieNames.Refresh, refreshToken));

    /// <summary>Refreshes until the token has settled and is followed by another: the answer has a refresh token then.</summary>
    public async Task<PlainReply> MoveOnAsync(string refreshToken)
    {
        var reply = await RefreshAsync(refreshToken);
        await Eventually.TrueAsync(
            async () => reply = await RefreshAsync(refreshToken),
            static r => r.Status != 200 || r.Cookies.ContainsKey(CookieNames.Refresh),
            "the stolen token has settled"
        );
        return reply;
    }

    public async Task<PlainReply> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] cookies)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", string.Join("; ", cookies.Select(static c => $"{c.Name}={c.Value}")));
        // Whoever has the cookies can say so, too.
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var set = response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [];
        var (code, reason) = Read(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return new(
            (int)response.StatusCode,
            code,
            reason,
            set.Select(static line => line.Split(';')[0].Split('=', 2)).ToDictionary(static c => c[0], static c => c[1])
        );
    }

    public void Dispose() => _client.Dispose();

    private static (string? Code, string? Reason) Read(string body)
    {
        if (!body.StartsWith('{'))
            return default;
        using var json = JsonDocument.Parse(body);
        return (Find("code"), Find("reason"));

        string? Find(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
