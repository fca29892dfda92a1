using System.Net;
using System.Net.Http.Headers;
using Pawl.Client.Policy;
using Pawl.Client.Proofs;

namespace Pawl.Client;

/// <summary>
/// Sends the access token of a session with requests to the allowed origins, and repeats a request once if the server says that a new token
/// helps. A request with an <c>Authorization</c> header of another token is left alone. Synchronous sending is not supported.
/// </summary>
/// <remarks>
/// Without a session, requests have no token. If the session is <see cref="Unavailable"/>, they fail with
/// <see cref="SessionUnavailableException"/>: the server has not carried them out, so a handler outside this one may send them again.
/// </remarks>
public sealed class PawlSessionHandler : DelegatingHandler
{
    private const int LongestProblem = 20_000;

    private readonly PawlSession? _session;
    private readonly Lock _sync = new();
    private int _redirects = -1; // How many of one request this handler follows; negative until the first request of a bound session.

    /// <summary>Makes a handler.</summary>
    /// <param name="session">
    /// The session whose token is sent. If it is <see langword="null"/>, each request has to name one by
    /// <see cref="PawlSessionRequestExtensions.SetPawlSession"/>.
    /// </param>
    public PawlSessionHandler(PawlSession? session = null) => _session = session;

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A client with a Pawl session sends asynchronously: use SendAsync.");

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var session = request.GetPawlSession() ?? _session;
        if (session is null)
            throw new InvalidOperationException(
                "The request names no Pawl session, and the client has none: call SetPawlSession on the request."
            );
        if (_redirects < 0 && session.MayHaveKey)
            TakeOverRedirects(session.BindsSession);
        return _redirects > 0
            ? FollowAsync(request, session, cancellationToken)
            : SendAsync(request, session, mayHaveToken: true, cancellationToken);
    }

    private async Task<HttpResponseMessage> FollowAsync(
        HttpRequestMessage request,
        PawlSession session,
        CancellationToken cancellationToken
    )
    {
        var first = request.RequestUri;
        var isSameOrigin = true;
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(request, session, isSameOrigin, cancellationToken);
            if (
                redirects == _redirects
                || request.RequestUri is not { IsAbsoluteUri: true } from
                || Redirects.FindNext(from, response) is not { } next
            )
                return response;
            if (Redirects.BecomesGet(request.Method, response.StatusCode))
                (request.Method, request.Content, request.Headers.TransferEncodingChunked) = (HttpMethod.Get, null, null);
            response.Dispose();
            isSameOrigin = isSameOrigin && Redirects.IsSameOrigin(first!, next);
            (request.RequestUri, request.Headers.Authorization) = (next, null);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        PawlSession session,
        bool mayHaveToken,
        CancellationToken cancellationToken
    )
    {
        var uri = request.RequestUri;
        if (uri is null || !mayHaveToken || !session.Allows(uri))
            return await base.SendAsync(request, cancellationToken);
        // SignalR and gRPC's call credentials add the session's token themselves. It is refreshed like one that this handler adds.
        if (request.Headers.Authorization is { } given && !session.IsOwn(given))
            return await base.SendAsync(request, cancellationToken);
        var repeatable =
            RepeatableBody.Is(request.Content) || await BufferAsync(request.Content, session.MaxBufferedStream, cancellationToken);
        var result = await session.GetTokenAsync(cancellationToken);
        if (result is Unavailable fault)
            throw new SessionUnavailableException(fault);
        var sent = result as SignedIn;
        for (var (repeated, hasNonce) = (false, false); ; )
        {
            HttpResponseMessage response;
            request.Headers.Authorization = sent?.Authorization;
            try
            {
                if (sent?.Key is not null)
                    await session.AddProofAsync(request, sent, cancellationToken);
                response = await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                // Otherwise a retry outside this handler would take it for the caller's own.
                request.Headers.Authorization = null;
                if (sent?.Key is not null)
                    request.Headers.Remove(RequestProofs.Header);
            }
            if (sent?.Key is not null && request.RequestUri == uri)
                session.TakeNonce(response, uri);
            // After a redirect the response is not about the token: it was dropped on the way.
            if (sent is null || response.StatusCode != HttpStatusCode.Unauthorized || request.RequestUri != uri)
                return response;
            var problem = await ProblemOfAsync(response, cancellationToken);
            if (problem.Code == "session_ended")
                await session.EndAsync(sent, problem.Reason, cancellationToken);
            if (problem.Code == Problem.UseNonce && sent.Key is not null && repeatable && !hasNonce)
            {
                hasNonce = true;
                response.Dispose();
                continue;
            }
            if (problem.Code is not ("access_token_expired" or "access_token_invalid"))
                return response;
            if (repeated)
                session.MarkFutile(sent);
            if (session.IsFutile(sent))
                return response;
            var next = await session.RefreshAsync(sent, cancellationToken);
            if (repeatable && next is Unavailable failed)
            {
                // A caller would take the 401 for the end of the session.
                response.Dispose();
                throw new SessionUnavailableException(failed);
            }
            // Another user's token must not carry out what this one asked for.
            if (!repeatable || next is not SignedIn fresh || fresh.AccessToken == sent.AccessToken || fresh.Subject != sent.Subject)
                return response;
            response.Dispose();
            (sent, repeated) = (fresh, true);
        }
    }

    private static async Task<Problem> ProblemOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Headers.TryGetValues("Pawl-Problem", out var values))
            return Problem.Of(string.Join(',', values), default);
        // A service of another kind has the error of RFC 9449 alone.
        if (response.Headers.WwwAuthenticate.Any(static challenge => Has(challenge, RequestProofs.Header, Problem.UseNonce)))
            return new(Problem.UseNonce, null);
        var (type, length) = (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentLength);
        var marked = response.Headers.WwwAuthenticate.Any(static challenge =>
            Has(challenge, "Bearer", "invalid_token") || Has(challenge, RequestProofs.Header, "invalid_token")
        );
        if (!marked || type != "application/problem+json" || length is not <= LongestProblem)
            return default;
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        return Problem.Of(null, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private static bool Has(AuthenticationHeaderValue challenge, string scheme, string error) =>
        challenge.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase)
        && challenge.Parameter?.Contains($"error=\"{error}\"", StringComparison.OrdinalIgnoreCase) == true;

    private void TakeOverRedirects(bool isRequired)
    {
        lock (_sync)
        {
            if (_redirects < 0)
                _redirects = Redirects.TakeOver(InnerHandler, isRequired);
        }
    }

    // Only a stream of known length: one that turns out too long could be neither kept nor sent.
    private static async Task<bool> BufferAsync(HttpContent? content, int limit, CancellationToken cancellationToken)
    {
        if (content?.Headers.ContentLength is not { } length || length > limit)
            return false;
        await content.LoadIntoBufferAsync(limit, cancellationToken);
        return true;
    }
}
