using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.Extensions.DependencyInjection;
using Pawl.AspNetCore;

namespace Pawl.Testing;

/// <summary>
/// A client of the app, and the session that it holds. It keeps cookies by the app's clock, and sends the headers that a page of the app
/// sends, so the cross-origin check accepts its requests. With the transport <c>Body</c> it is a native app, which sends its token.
/// </summary>
/// <remarks>
/// <para>
/// A header that the request already has is left as it is. A request that accepts <c>text/html</c> counts as the navigation of a browser
/// (<see cref="OpenAsync"/>), any other as a <c>fetch</c> of the browser client.
/// </para>
/// <para>
/// The address, and whether redirects are followed, are those of the factory's <c>ClientOptions</c>. The framework's default address,
/// <c>http://localhost</c>, becomes <c>https://localhost</c>, because sessions need https.
/// </para>
/// <para>The members may be used concurrently, as those of <see cref="HttpClient"/>.</para>
/// </remarks>
public sealed class SessionClient : HttpClient
{
    private readonly TestedApp _app;
    private readonly SessionHandler _session;

    internal SessionClient(TestedApp app, ClientTokens tokens)
        : this(app, new SessionHandler(app, tokens)) { }

    private SessionClient(TestedApp app, SessionHandler session)
        : base(Follow(app, session))
    {
        (_app, _session) = (app, session);
        BaseAddress = app.Address;
    }

    /// <summary>The session; null if the client has none, as after a sign-out.</summary>
    public SessionId? SessionId => _session.SessionId;

    /// <summary>The access token that the next request carries, in a cookie or a header; null if there is none.</summary>
    public string? AccessToken => _session.AccessToken;

    /// <summary>Whether a request with an expired access token is sent again after a refresh, as the browser client does.</summary>
    /// <value>False: the test sees the 401.</value>
    public bool RefreshesAutomatically
    {
        get => _session.RefreshesAutomatically;
        set => _session.RefreshesAutomatically = value;
    }

    internal ClientTokens Tokens => _session.Tokens;

    /// <summary>
    /// Makes the access token expire now, and leaves the app's clock and all other sessions as they are. The next request is 401
    /// <c>access_token_expired</c>, or the app refreshes it (<see cref="PawlOptions.RefreshOnRequest"/>). A client with cookies drops the
    /// cookie, as a browser does at that time. Any other gets a token of its session that the app has signed and that has expired.
    /// </summary>
    /// <exception cref="InvalidOperationException">The client has no session, or the app no longer has it.</exception>
    public void ExpireAccessToken()
    {
        var id = Required();
        if (Tokens.Transport is SessionTransport.Cookie)
            _session.ForgetAccessCookie();
        else
            Tokens.AccessToken = Task.Run(() => WriteExpiredTokenAsync(id)).GetAwaiter().GetResult();
    }

    /// <summary>Refreshes the session, and returns the app's response. The client has the new tokens if it is 200.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<HttpResponseMessage> RefreshAsync(CancellationToken cancellationToken = default)
    {
        Required();
        return _session.RefreshAsync(cancellationToken);
    }

    /// <summary>Opens a page, as a browser does when the user follows a link of the app.</summary>
    /// <param name="path">The address, which may be relative.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html,*/*;q=0.8");
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>
    /// Ends the session on the server, as from another device or by an administrator. The client keeps its tokens, and the next request
    /// with them is refused. Returns true if this call ended it.
    /// </summary>
    /// <param name="reason">What the client is told: as for <see cref="SessionManager.EndAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call before the session is ended.</param>
    /// <exception cref="InvalidOperationException">The client has no session.</exception>
    public Task<bool> EndSessionAsync(SessionEndReason reason = SessionEndReason.Revoked, CancellationToken cancellationToken = default) =>
        _app.Services.GetRequiredService<SessionManager>().EndAsync(Required(), reason, cancellationToken);

    /// <summary>Signs out, as the browser client or a native app does, and returns the app's response.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task<HttpResponseMessage> SignOutAsync(CancellationToken cancellationToken = default)
    {
        var isBody = Tokens.Transport is SessionTransport.Body;
        using var request = new HttpRequestMessage(HttpMethod.Post, _session.PathOf(isBody ? "revoke" : "logout"));
        if (isBody)
            request.Content = new FormUrlEncodedContent([new("token", Tokens.RefreshToken)]);
        var response = await SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
            (Tokens.AccessToken, Tokens.RefreshToken, Tokens.SessionId) = (null, null, null);
        return response;
    }

    /// <summary>Another client with a copy of the cookies and tokens, as a thief has it, or a browser restored from a backup.</summary>
    public SessionClient Copy() => new(_app, Tokens.Copy()) { RefreshesAutomatically = RefreshesAutomatically };

    private SessionId Required() => SessionId ?? throw new InvalidOperationException("This client has no session: sign in first.");

    private async Task<string> WriteExpiredTokenAsync(SessionId id)
    {
        var session = await _app.Services.GetRequiredService<SessionManager>().FindAsync(id)
            ?? throw new InvalidOperationException("The app no longer has the session of this client.");
        var options = _app.Options;
        var longAgo = _app.Clock.GetUtcNow() - options.AccessTokenLifetime - options.ClockSkew - TimeSpan.FromSeconds(1);
        return _app.Services.GetRequiredService<TokenIssuer>().Issue(session, refreshToken: null, longAgo, options).AccessToken;
    }

    private static HttpMessageHandler Follow(TestedApp app, SessionHandler session) =>
        app.ClientOptions.AllowAutoRedirect
            ? new RedirectHandler(app.ClientOptions.MaxAutomaticRedirections) { InnerHandler = session }
            : session;
}
