using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Pawl.AspNetCore;

/// <summary>
/// Requests of this service to its authority. An answer of anything else is a fault, such as the page of a captive portal.
/// </summary>
internal sealed class AuthorityClient : IDisposable
{
    // Far more than 500 endings or 32 keys need.
    private const int MaxBodySize = 512 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly PawlResourceOptions _options;
    private readonly HttpClient _http;
    private readonly AuthenticationHeaderValue? _credentials;

    public AuthorityClient(PawlResourceOptions options)
    {
        _options = options;
        _http = options.BackchannelHttpHandler is { } handler
            ? new HttpClient(handler, disposeHandler: false)
            : new HttpClient(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    // The authority may move to another address.
                    PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                }
            );
        _http.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
        _http.MaxResponseContentBufferSize = MaxBodySize;
        // RFC 6749, section 2.3.1: both are form-encoded.
        if (options is { ServiceName: { } name, ServiceSecret: { } secret })
            _credentials = new(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(name)}:{WebUtility.UrlEncode(secret)}"))
            );
    }

    /// <summary>Reads the discovery document.</summary>
    /// <exception cref="AuthorityFaultException">The authority does not answer as it should.</exception>
    public async Task<AuthorityDocument> ReadDocumentAsync(CancellationToken cancellationToken) =>
        AuthorityDocument.Read(await GetAsync(AuthorityDocument.FindUrl(_options.Authority), null, Timeout, cancellationToken), _options);

    /// <summary>Reads the keys, at least one.</summary>
    /// <exception cref="AuthorityFaultException">The authority does not answer as it should.</exception>
    public async Task<IReadOnlyList<SigningKey>> ReadKeysAsync(AuthorityDocument document, CancellationToken cancellationToken) =>
        JsonWebKeyReader.ReadAll(await GetAsync(document.KeysUrl, null, Timeout, cancellationToken)) is { Count: > 0 } keys
            ? keys
            : throw new AuthorityFaultException($"{document.KeysUrl} has no key for access tokens.");

    /// <summary>Reads the sessions that have ended since a cursor, and waits for one.</summary>
    /// <exception cref="AuthorityFaultException">The authority does not answer as it should.</exception>
    public async Task<RevocationListResponse> ReadEndingsAsync(
        AuthorityDocument document,
        string? cursor,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        var url = document.EndingsUrl
            ?? throw new AuthorityFaultException(
                $"The server at {_options.Authority} lets no service follow its endings; set its option ServiceClients."
            );
        var query = $"?wait={(int)wait.TotalSeconds}{(cursor is null ? "" : $"&after={cursor}")}";
        try
        {
            var body = await GetAsync(new Uri(url, query), _credentials, wait + Timeout, cancellationToken);
            return
                JsonSerializer.Deserialize(body, PawlJson.Default.RevocationListResponse)
                    is { RememberFor: >= 0, Revocations: not null, Cursor: { Length: > 0 and <= 20 } } page
                && page.Cursor.All(char.IsAsciiDigit)
                ? page
                : throw new AuthorityFaultException($"{url} has answered with no page of endings.");
        }
        catch (JsonException e)
        {
            throw new AuthorityFaultException($"{url} has answered with no page of endings.", e);
        }
    }

    /// <summary>Asks whether an access token is active, with its session.</summary>
    /// <exception cref="AuthorityFaultException">The authority does not answer as it should.</exception>
    public async Task<bool> IsActiveAsync(AuthorityDocument document, string token, CancellationToken cancellationToken)
    {
        var url = document.IntrospectionUrl
            ?? throw new AuthorityFaultException(
                $"The server at {_options.Authority} lets no service ask about a token; set its option ServiceClients."
            );
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Content = new FormUrlEncodedContent([new("token", token)]);
        request.Headers.Authorization = _credentials;
        using var answer = StrictJson.ParseObject(await SendAsync(request, Timeout, cancellationToken));
        if (answer is null || !answer.RootElement.TryGetProperty("active"u8, out var active))
            throw new AuthorityFaultException($"{url} has not said whether a token is active.");
        // A refresh token is active, too, and opens nothing here.
        return active.ValueKind is JsonValueKind.True && StrictJson.GetText(answer.RootElement, "token_type"u8, 16) == "Bearer";
    }

    private async Task<byte[]> GetAsync(
        Uri url,
        AuthenticationHeaderValue? credentials,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        // A cache would answer with keys and endings of an earlier time.
        request.Headers.CacheControl = new() { NoCache = true, NoStore = true };
        request.Headers.Accept.ParseAdd("application/json, application/jwk-set+json");
        request.Headers.Authorization = credentials;
        return await SendAsync(request, timeout, cancellationToken);
    }

    private async Task<byte[]> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!.GetLeftPart(UriPartial.Path);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            if (response.StatusCode is HttpStatusCode.Unauthorized)
                throw new AuthorityFaultException(
                    $"{url} does not know this service; ServiceName and ServiceSecret must be those of the server's ServiceClients."
                );
            if (response.StatusCode is not HttpStatusCode.OK)
                throw new AuthorityFaultException($"{url} has answered {(int)response.StatusCode}.");
            if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/jwk-set+json"))
                throw new AuthorityFaultException($"{url} has not answered with JSON; a captive portal or a proxy may have answered.");
            return await response.Content.ReadAsByteArrayAsync(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AuthorityFaultException($"{url} has not answered for {timeout.TotalSeconds:0} seconds.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new AuthorityFaultException($"{url} cannot be reached: {e.Message}", e);
        }
    }

    public void Dispose() => _http.Dispose();
}
