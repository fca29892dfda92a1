using System.Net;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Pawl.Client;

BenchmarkRunner.Run([typeof(FreshToken), typeof(BoundRequests)], args: args);

/// <summary>What Pawl.Client adds to a request while the access token is fresh.</summary>
[InProcess]
[MemoryDiagnoser]
public class FreshToken
{
    private static readonly Uri s_server = new("https://example.com");
    private static readonly Uri s_resource = new(s_server, "/me");
    private PawlSession _session = null!;
    private HttpMessageInvoker _plain = null!;
    private HttpMessageInvoker _withSession = null!;

    [GlobalSetup]
    public async Task SignInAsync()
    {
        _session = new PawlSession(new PawlSessionOptions { Server = s_server });
        var tokens = SessionTokens.FromResponse(
            """{"access_token":"a","refresh_token":"r","sid":"s","sub":"u","expires_in":86400,"refresh_in":86400}"""u8
        );
        if (await _session.AdoptAsync(tokens) is not SignedIn)
            throw new InvalidOperationException("The session has no tokens.");
        _plain = new HttpMessageInvoker(new NoNetwork());
        _withSession = new HttpMessageInvoker(new PawlSessionHandler(_session) { InnerHandler = new NoNetwork() });
    }

    [Benchmark]
    public SessionResult GetTokenAsync()
    {
        var token = _session.GetTokenAsync();
        return token.IsCompletedSuccessfully ? token.Result : throw new InvalidOperationException("A fresh token needs no wait.");
    }

    [Benchmark(Baseline = true)]
    public HttpStatusCode Request() => Send(_plain);

    [Benchmark]
    public HttpStatusCode RequestWithSession() => Send(_withSession);

    private static HttpStatusCode Send(HttpMessageInvoker client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, s_resource);
        var response = client.SendAsync(request, CancellationToken.None);
        return response.IsCompletedSuccessfully ? response.Result.StatusCode : throw new InvalidOperationException("No wait is needed.");
    }

    private sealed class NoNetwork : HttpMessageHandler
    {
        private static readonly Task<HttpResponseMessage> s_response = Task.FromResult(new HttpResponseMessage());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            s_response;
    }
}
