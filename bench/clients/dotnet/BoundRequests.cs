using System.Net;
using System.Security.Claims;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pawl;
using Pawl.AspNetCore;
using Pawl.Client;

/// <summary>
/// What a proof costs. <c>MadeProof</c> is a request of the client alone; the other two are served by an app in this process as well. The
/// server's part is the difference of these two, less what the client needs.
/// </summary>
[InProcess]
[MemoryDiagnoser]
public class BoundRequests
{
    private static readonly Uri s_server = new("https://example.com");
    private static readonly Uri s_resource = new(s_server, "/me");
    private readonly string _folder = Directory.CreateTempSubdirectory("pawl-bench-").FullName;
    private readonly RequestClock _clock = new();
    private WebApplication _app = null!;
    private HttpMessageInvoker _alone = null!;
    private HttpMessageInvoker _unbound = null!;
    private HttpMessageInvoker _bound = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        var direct = new DirectServer(_clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IServer>(direct);
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder
            .Services.AddPawl(options =>
                (options.Issuer, options.AcceptDpop, options.AccessTokenLifetime) = (s_server.OriginalString, true, TimeSpan.FromHours(1))
            )
            .AddSqliteStore($"Data Source={Path.Combine(_folder, "sessions.db")}");
        _app = builder.Build();
        _app.MapPawl();
        _app.MapPost("/login", () =>
            Results.SignIn(
                new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "ada")], "password")),
                new PawlSignInProperties { Transport = SessionTransport.Body }
            )
        );
        _app.MapGet("/me", () => Results.NoContent()).RequireAuthorization();
        await _app.StartAsync();
        _unbound = new(new PawlSessionHandler(await SignInAsync(direct, isBound: false)) { InnerHandler = direct.NewHandler() });
        var bound = await SignInAsync(direct, isBound: true);
        _bound = new(new PawlSessionHandler(bound) { InnerHandler = direct.NewHandler() });
        _alone = new(new PawlSessionHandler(bound) { InnerHandler = new NoNetwork() });
    }

    [Benchmark]
    public Task<HttpStatusCode> MadeProof() => SendAsync(_alone);

    [Benchmark(Baseline = true)]
    public Task<HttpStatusCode> ServedWithoutProof() => SendAsync(_unbound);

    [Benchmark]
    public Task<HttpStatusCode> ServedWithProof() => SendAsync(_bound);

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<PawlSession> SignInAsync(DirectServer server, bool isBound)
    {
        var options = new PawlSessionOptions
        {
            Server = s_server,
            BackchannelHandler = server.NewHandler(),
            TimeProvider = _clock,
        };
        if (isBound)
            options.UseDpop();
        var session = new PawlSession(options);
        var result = await session.SignInAsync("/login", new StringContent(""));
        return result is SignedIn signedIn && signedIn.IsBound == isBound
            ? session
            : throw new InvalidOperationException($"The session is not as it should be: {result}");
    }

    private static async Task<HttpStatusCode> SendAsync(HttpMessageInvoker client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, s_resource);
        using var response = await client.SendAsync(request, CancellationToken.None);
        return response.IsSuccessStatusCode ? response.StatusCode : throw new InvalidOperationException($"{response.StatusCode}");
    }

    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
