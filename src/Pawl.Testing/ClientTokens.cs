namespace Pawl.Testing;

/// <summary>What a client holds: cookies, and the tokens that came in the body of a response.</summary>
internal sealed class ClientTokens(SessionTransport transport, CookieJar cookies)
{
    public SessionTransport Transport => transport;

    public CookieJar Cookies => cookies;

    /// <summary>The access token of the transports <c>Bearer</c> and <c>Body</c>.</summary>
    public string? AccessToken { get; set; }

    /// <summary>The refresh token of the transport <c>Body</c>.</summary>
    public string? RefreshToken { get; set; }

    /// <summary>The session of the tokens in the body.</summary>
    public SessionId? SessionId { get; set; }

    public ClientTokens Copy() =>
        new(transport, cookies.Copy())
        {
            AccessToken = AccessToken,
            RefreshToken = RefreshToken,
            SessionId = SessionId,
        };
}
