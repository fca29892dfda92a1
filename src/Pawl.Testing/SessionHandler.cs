using System.Net;
using System.Text.Json;
using Pawl.AspNetCore;

namespace Pawl.Testing;

/// <summary>Adds to each request of a client what a page or a native app sends, and keeps what the response brings.</summary>
internal sealed class SessionHandler(TestedApp app, ClientTokens tokens) : DelegatingHandler(app.CreateHandler())
{
    private readonly SemaphoreSlim _refreshing = new(1);

    public ClientTokens Tokens => tokens;

    public bool RefreshesAutomatically { get; set; }

    public SessionId? SessionId =>
        tokens.SessionId
        ?? (
            tokens.Cookies.Find(app.Options.CookieNames.Session) is { } hint
            && Pawl.SessionId.TryParse(hint.AsSpan(0, Math.Max(0, hint.IndexOf('.'))), out var id)
                ? id
                : null
        );

    public string? AccessToken => tokens.AccessToken ?? tokens.Cookies.Find(app.Options.CookieNames.Access);

    public void ForgetAccessCookie()
    {
        tokens.Cookies.Remove(app.Options.CookieNames.Access);
        tokens.Cookies.Remove(app.Options.CookieNames.Fresh);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!RefreshesAutomatically)
            return await SendOnceAsync(request, cancellationToken);
        // The content may have to be sent again.
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(cancellationToken);
        var sent = AccessToken;
        var response = await SendOnceAsync(request, cancellationToken);
        if (!IsRefusedToken(response) || !await TryReplaceAsync(sent, cancellationToken))
            return response;
        response.Dispose();
        return await SendOnceAsync(request, cancellationToken);
    }

    /// <summary>Refreshes the session as the client's kind does.</summary>
    public async Task<HttpResponseMessage> RefreshAsync(CancellationToken cancellationToken)
    {
        var isBody = tokens.Transport is SessionTransport.Body;
        using var request = new HttpRequestMessage(HttpMethod.Post, PathOf(isBody ? "token" : "refresh"));
        if (isBody)
            request.Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", tokens.RefreshToken)]);
        var response = await SendOnceAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && tokens.Transport is not SessionTransport.Cookie)
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            TokenBody.TakeFrom(json.RootElement, tokens);
        }
        return response;
    }

    /// <summary>The address of one of Pawl's endpoints.</summary>
    public Uri PathOf(string endpoint) => new(app.Address, $"{app.Options.BasePath}/{endpoint}");

    // Requests that are refused at once share a refresh. False if the session cannot be refreshed.
    private async Task<bool> TryReplaceAsync(string? refused, CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            if (AccessToken is { } token && token != refused)
                return true;
            using var response = await RefreshAsync(cancellationToken);
            return response.IsSuccessStatusCode;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A redirect may lead to another server, which has no part in the session.
        if (request.RequestUri is not { } uri || !IsOfApp(uri))
            return await base.SendAsync(request, cancellationToken);
        var added = Headers(request, uri).Where(header => TryAdd(request, header)).Select(static header => header.Name).ToList();
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
                tokens.Cookies.Take(cookies, uri.AbsolutePath);
            return response;
        }
        finally
        {
            // A redirect, or the same request sent again, gets those of its own time.
            added.ForEach(name => request.Headers.Remove(name));
        }
    }

    private IEnumerable<(string Name, string Value)> Headers(HttpRequestMessage request, Uri uri)
    {
        var isNavigation = request.Headers.Accept.Any(static type => type.MediaType == "text/html");
        foreach (var header in ClientHeaders.Of(tokens.Transport, app.Address, ClientHeaders.IsSafe(request.Method), isNavigation))
            yield return header;
        if (tokens.Cookies.Write(uri.AbsolutePath) is { } cookies)
            yield return ("Cookie", cookies);
        if (tokens.AccessToken is { } token)
            yield return ("Authorization", $"Bearer {token}");
        // The browser client names its session, so that a tab does not act as another tab's user. A browser that opens a page does not.
        else if (!isNavigation && SessionId is { } session)
            yield return (PawlDefaults.SessionHeader, session.ToString());
    }

    private static bool TryAdd(HttpRequestMessage request, (string Name, string Value) header) =>
        !request.Headers.Contains(header.Name) && request.Headers.TryAddWithoutValidation(header.Name, header.Value);

    private bool IsOfApp(Uri uri) => uri.Scheme == app.Address.Scheme && uri.Authority == app.Address.Authority;

    private static bool IsRefusedToken(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Unauthorized
        && response.Headers.TryGetValues(PawlDefaults.ProblemHeader, out var problems)
        && problems.Any(static problem => problem.StartsWith("access_token_", StringComparison.Ordinal));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _refreshing.Dispose();
        base.Dispose(disposing);
    }
}
