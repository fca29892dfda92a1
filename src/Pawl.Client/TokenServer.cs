using System.Net;
using Pawl.Client.Policy;

namespace Pawl.Client;

/// <summary>The calls to the session's own endpoints. None of them throws for what the network or the server does.</summary>
internal sealed class TokenServer(PawlSessionOptions options, Uri server) : IDisposable
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

    public Task<ServerAnswer> RefreshAsync(string refreshToken, CancellationToken cancellationToken) =>
        PostAsync(
            new Uri(_base + "/token"),
            new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", refreshToken)]),
            cancellationToken
        );

    /// <summary>Whether the server has ended the session, or had before.</summary>
    public async Task<ServerAnswer> RevokeAsync(string refreshToken, CancellationToken cancellationToken) =>
        await PostAsync(new Uri(_base + "/revoke"), new FormUrlEncodedContent([new("token", refreshToken)]), cancellationToken);

    public async Task<ServerAnswer> PostAsync(Uri uri, HttpContent? content, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Pauses.Call, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = content };
            request.Headers.Accept.Add(new("application/json"));
            using var response = await _client.SendAsync(request, either.Token);
            return new(
                response.StatusCode,
                response.Content.Headers.ContentType?.MediaType,
                response.Headers.TryGetValues("Pawl-Problem", out var problem) ? string.Join(',', problem) : null,
                await response.Content.ReadAsByteArrayAsync(either.Token),
                Pauses.RetryAfter(response.Headers.RetryAfter?.Delta)
            );
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

    public Verdict Verdict => Verdict.Of(Status, MediaType, Problem, Body);

    public Unavailable ToUnavailable(Uri server) =>
        new(
            _fault
                ?? (
                    Status == HttpStatusCode.OK
                        ? $"The response of {server.Authority} is not the Pawl server's: a network that asks to sign in may have sent it."
                        : $"The server {server.Authority} has answered {(int)Status}, which does not end the session."
                ),
            RetryAfter
        );
}
