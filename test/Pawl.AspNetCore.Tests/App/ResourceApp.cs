using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>A service with AddPawlResource and no store, beside the server whose tokens it accepts.</summary>
internal sealed class ResourceApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ResourceApp(WebApplication app, CapturedLogs logs, Door door) => (_app, Logs, Door) = (app, logs, door);

    public CapturedLogs Logs { get; }

    /// <summary>The way to the server, which a test may close or answer at in the server's place.</summary>
    public Door Door { get; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts a service that follows the endings of <paramref name="app"/>, with the secret of <see cref="Billing"/>.</summary>
    public static async Task<ResourceApp> StartAsync(
        TestApp app,
        StoreUnavailableBehavior whenUnavailable = StoreUnavailableBehavior.Refuse,
        Action<PawlResourceOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        TimeProvider? clock = null,
        Door? door = null,
        bool kestrel = false
    )
    {
        door ??= new Door();
        door.LeadTo(app);
        var logs = new CapturedLogs();
        var builder = TestApp.NewBuilder(kestrel);
        builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton(clock ?? app.Clock);
        builder.Services.AddHealthChecks().AddPawlResource();
        builder.Services.AddPawlResource(TestApp.Origin, whenUnavailable, options =>
        {
            (options.ServiceName, options.ServiceSecret) = (Billing.Name, Billing.Secret);
            options.Issuer = "urn:pawl";
            options.BackchannelHttpHandler = door;
            configure?.Invoke(options);
        });
        services?.Invoke(builder.Services);
        var service = builder.Build();
        map?.Invoke(service);
        service
            .MapGet("/who", static (ClaimsPrincipal me) =>
                $"{me.Identity!.Name} {(me.IsInRole("admin") ? "admin" : "crew")} {me.FindSessionId()}"
            )
            .RequireAuthorization();
        service.MapGet("/open", static (ClaimsPrincipal me) => me.Identity?.Name ?? "nobody");
        service.MapGet("/admin", static () => "the bridge").RequireAuthorization(static policy => policy.RequireRole("admin"));
        service.MapHealthChecks("/health");
        await service.StartAsync();
        return new(service, logs, door);
    }

    /// <summary>How many endings the service remembers.</summary>
    public int EndedSessions => _app.Services.GetRequiredService<TrustedAuthority>().Endings.Ended.Count;

    public HttpMessageHandler NewHandler() => _app.GetTestServer().CreateHandler();

    public async Task<Answer> AskAsync(string? token, string path = "/who", params (string Name, string Value)[] headers)
    {
        using var client = _app.GetTestClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Asks until the answer has this code, or is 200 if there is none.</summary>
    public Task UntilAsync(string? token, string? code, string path = "/who") =>
        Eventually.TrueAsync(
            async () => await AskAsync(token, path) is var answer && (code is null ? answer.Status == 200 : answer.Text("code") == code),
            $"The service has not come to answer {code ?? "200"}."
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Between a service and its authority: open, closed, or with an answer of its own.</summary>
internal sealed class Door : HttpMessageHandler
{
    private HttpMessageInvoker? _server;
    private int _requests;

    /// <summary>Answers in the server's place; null for a request that goes through.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?>? InPlace { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>The requests for keys so far.</summary>
    public int KeyRequests => Volatile.Read(ref _requests);

    public void LeadTo(TestApp app) => _server = new(app.Server.CreateHandler());

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.EndsWith("/jwks", StringComparison.Ordinal))
            Interlocked.Increment(ref _requests);
        if (IsClosed)
            throw new HttpRequestException("The door is closed.");
        return InPlace?.Invoke(request) ?? await _server!.SendAsync(request, cancellationToken);
    }
}
