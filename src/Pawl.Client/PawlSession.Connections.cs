using System.Net.Http.Headers;

namespace Pawl.Client;

// For libraries that ask for a token as a string: SignalR's AccessTokenProvider, gRPC's call credentials, a WebSocket's header.
public sealed partial class PawlSession
{
    /// <summary>
    /// A fresh access token as a string, for a library that asks for one whenever it connects. It never returns
    /// <see langword="null"/>: without a session the library gets an exception, so it does not connect as an anonymous user.
    /// </summary>
    /// <exception cref="SessionEndedException">There is no session.</exception>
    /// <exception cref="InvalidOperationException">
    /// The session is bound to a key (<see cref="PawlSessionOptions.UseDpop"/>). Libraries send this string as <c>Bearer</c>, which the
    /// server refuses without a proof. Let <see cref="PawlSessionHandler"/> authenticate the requests, or connect to a hub with a ticket.
    /// </exception>
    /// <exception cref="SessionUnavailableException">The session could not be refreshed for now.</exception>
    /// <example><code>
    /// var session = new PawlSession(new PawlSessionOptions { Server = new Uri("https://example.com") });
    /// var socket = new System.Net.WebSockets.ClientWebSocket();
    /// socket.Options.SetRequestHeader("Authorization", $"Bearer {await session.GetAccessTokenAsync()}");
    /// </code></example>
    public Task<string?> GetAccessTokenAsync() => GetAccessTokenAsync(CancellationToken.None);

    /// <inheritdoc cref="GetAccessTokenAsync()"/>
    /// <param name="cancellationToken">Ends this wait; the refresh goes on for the others.</param>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<string?> GetAccessTokenAsync(CancellationToken cancellationToken) =>
        await GetTokenAsync(cancellationToken) switch
        {
            SignedIn { IsBound: true } => throw new InvalidOperationException(
                "The session is bound to a key, so its token is refused without a proof for each request. Let PawlSessionHandler "
                    + "authenticate the library's HttpClient, or connect to a hub with a ticket from POST /auth/ticket."
            ),
            SignedIn session => session.AccessToken,
            Unavailable fault => throw new SessionUnavailableException(fault),
            var none => throw new SessionEndedException(none as SignedOut ?? new SignedOut(null)),
        };

    /// <summary>Whether a request carries the session's current token already, because a library has put it there.</summary>
    internal bool IsOwn(AuthenticationHeaderValue given) =>
        _held is { } held && given.Scheme == "Bearer" && given.Parameter == held.Tokens.AccessToken;
}
