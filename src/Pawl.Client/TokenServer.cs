using System.Net;
using Pawl.Client.Policy;
using Pawl.Client.Proofs;

namespace Pawl.Client;

/// <summary>
/// The calls to the session's own endpoints. None of them throws for what the network or the server does, and a refresh only a
/// <see cref="ProofKeyException"/>.
/// </summary>
internal sealed class TokenServer(PawlSessionOptions options, Uri server, RequestProofs proofs) : IDisposable
{
    // The longest access tokens have 8,192 characters.
    private const int LongestBody = 64 * 1024;

    private readonly TimeProvider _time = options.TimeProvider;
    private readonly string _base = server.AbsoluteUri.TrimEnd('/') + "/" + options.BasePath.Trim('/');
    private readonly HttpClient _client = new(
        options.BackchannelHandler
            ?? new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            },
        disposeHandler: options.BackchannelHandler is null
    )
    {
        MaxResponseContentBufferSize = LongestBody,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Refreshes with a proof if the tokens have a key, and once more if the server wants its newest nonce in the proof.</summary>
    public Task<ServerAnswer> RefreshAsync(SessionTokens tokens, CancellationToken cancellationToken) =>
        // Both within the time of one call, for which other processes wait.
        CallAsync(
            async token =>
            {
                var answer = await SendAsync(token);
                return tokens.Key is not null && answer.Code == Problem.UseNonce ? await SendAsync(token) : answer;

                Task<ServerAnswer> SendAsync(CancellationToken token) =>
                    SendFormAsync(
                        "/token",
                        [new("grant_type", "refresh_token"), new("refresh_token", tokens.RefreshToken)],
                        tokens.Key,
                        token
                    );
            },
            cancellationToken
        );

    /// <summary>Whether the server has ended the session, or had before.</summary>
    public Task<ServerAnswer> RevokeAsync(string refreshToken, CancellationToken cancellationToken) =>
        CallAsync(token => SendFormAsync("/revoke", [new("token", refreshToken)], null, token), cancellationToken);

    public Task<ServerAnswer> PostAsync(Uri uri, HttpContent content, CancellationToken cancellationToken) =>
        CallAsync(token => SendAsync(uri, content, null, token), cancellationToken);

    private Task<ServerAnswer> SendFormAsync(
        string path,
        KeyValuePair<string, string>[] form,
        SessionKey? key,
        CancellationToken cancellationToken
    ) => SendAsync(new(_base + path), new FormUrlEncodedContent(form), key, cancellationToken);

    private async Task<ServerAnswer> SendAsync(Uri uri, HttpContent content, SessionKey? key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = content };
        request.Headers.Accept.Add(new("application/json"));
        if (key is not null)
            await proofs.AddAsync(request, key, null, cancellationToken);
        using var response = await _client.SendAsync(request, cancellationToken);
        if (key is not null)
            proofs.TakeNonce(response, uri);
        return new(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.TryGetValues("Pawl-Problem", out var problem) ? string.Join(',', problem) : null,
            await response.Content.ReadAsByteArrayAsync(cancellationToken),
            Pauses.RetryAfter(response.Headers.RetryAfter?.Delta)
        );
    }

    private async Task<ServerAnswer> CallAsync(Func<CancellationToken, Task<ServerAnswer>> call, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Pauses.Call, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (ProofKeyException)
        {
            throw;
        }
        catch (HttpRequestException e)
        {
            return new($"The server {server.Authority} cannot be reached ({e.HttpRequestError}).");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new($"The server {server.Authority} has not answered in {Pauses.Call.TotalSeconds} seconds.");
        }
        catch (Exception e)
        {
            // A handler of the app's own, as one that retries, has exceptions of its own.
            return new($"The call to {server.Authority} has failed with {e.GetType().Name}.");
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>A response, or a sentence that says why there is none.</summary>
internal sealed record ServerAnswer(HttpStatusCode Status, string? MediaType, string? Problem, byte[] Body, TimeSpan? RetryAfter)
{
    private readonly string? _fault;

    public ServerAnswer(string fault)
        : this(0, null, null, [], null) => _fault = fault;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The problem code, if there is one.</summary>
    public string? Code => Client.Policy.Problem.Of(Problem, Body).Code;

    public Verdict Verdict => Verdict.Of(Status, MediaType, Problem, Body);

    public Unavailable ToUnavailable(Uri server) =>
        new(
            _fault
                ?? Code switch
                {
                    Client.Policy.Problem.InvalidProof =>
                        $"The server {server.Authority} has refused the proof of the session's key. {nameof(PawlSessionOptions.Server)} "
                            + "must be the server's public URL, which is its option Issuer; else the session is bound to another key.",
                    Client.Policy.Problem.ProofRequired =>
                        $"The server {server.Authority} has bound the session to a key that this program does not have.",
                    _ when Status == HttpStatusCode.OK =>
                        $"The response of {server.Authority} is not the Pawl server's: a network that asks to sign in may have sent it.",
                    _ => $"The server {server.Authority} has answered {(int)Status}, which does not end the session.",
                },
            RetryAfter
        );
}
