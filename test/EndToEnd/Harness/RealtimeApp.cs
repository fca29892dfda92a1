using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pawl.AspNetCore;

namespace Pawl.EndToEnd.Harness;

/// <summary>An app with long connections, and an empty page for the lines of the documentation. It can stop and start again.</summary>
internal sealed class RealtimeApp : IAsyncDisposable
{
    private const string Page = $$"""
        <!doctype html>
        <title>An app</title>
        <script type="importmap">
          { "imports": { "@microsoft/signalr": "{{SignalRPackage.Cdn}}esm/index.js", "pawl": "/auth/client/pawl.js" } }
        </script>
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Clock _clock = new();
    private readonly X509Certificate2? _certificate;
    private WebApplication? _app;

    private RealtimeApp(bool isHttp2)
    {
        _certificate = isHttp2 ? CreateCertificate() : null;
        Address = new($"{(isHttp2 ? "https" : "http")}://localhost:{Ports.FindFree()}");
    }

    public Uri Address { get; }

    /// <param name="isHttp2">Whether it has https, and so HTTP/2, with a certificate that no browser trusts.</param>
    public static async Task<RealtimeApp> CreateAsync(bool isHttp2 = false)
    {
        var app = new RealtimeApp(isHttp2);
        await app.StartAsync();
        return app;
    }

    /// <summary>Access tokens expire, and no browser knows it.</summary>
    public void ExpireTokens() => _clock.Ahead += TimeSpan.FromMinutes(6);

    /// <summary>Ends a session, as the user does from another device.</summary>
    public async Task EndSessionAsync(string sid)
    {
        var sessions = _app!.Services.GetRequiredService<SessionManager>();
        Assert.True(await sessions.EndAsync(SessionId.Parse(sid, null), cancellationToken: TestContext.Current.CancellationToken));
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
        _certificate?.Dispose();
    }

    private async Task StopAsync()
    {
        await _app!.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false", "--urls", Address.ToString()],
                EnvironmentName = "Production",
            }
        );
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = _certificate));
        builder
            .Services.AddPawl(options =>
            {
                options.KeyEncryptionKey = new byte[32];
                options.RefreshesPerMinute = 60_000;
            })
            .AddSqliteStore($"Data Source={Path.Combine(_folder.FullName, "sessions.db")}");
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddSignalR();
        var app = _app = builder.Build();
        app.UseWebSockets();
        app.MapPawl();
        app.MapGet("/page", static () => Results.Content(Page, "text/html"));
        app.MapPost("/login", SignIn);
        app.MapHub<Crew>("/hub").RequireAuthorization();
        app.Map("/socket", HoldAsync).RequireAuthorization();
        app.MapGet("/events", static (ClaimsPrincipal user, CancellationToken aborted) =>
                TypedResults.ServerSentEvents(GreetAsync(user, aborted))
            )
            .RequireAuthorization();
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static IResult SignIn(Login login) =>
        Results.SignIn(
            new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Name)], "form")),
            new PawlSignInProperties { Transport = login.Bearer ? SessionTransport.Bearer : SessionTransport.Cookie }
        );

    private static async Task HoldAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var name = Encoding.UTF8.GetBytes(context.User.Identity!.Name!);
        await socket.SendAsync(name, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        await socket.ReceiveAsync(new byte[1], context.RequestAborted);
    }

    private static async IAsyncEnumerable<SseItem<string>> GreetAsync(
        ClaimsPrincipal user,
        [EnumeratorCancellation] CancellationToken aborted
    )
    {
        yield return new(user.Identity!.Name!) { ReconnectionInterval = TimeSpan.FromMilliseconds(100) };
        await Task.Delay(Timeout.Infinite, aborted);
    }

    private sealed record Login(string Name, bool Bearer = false);

    private sealed class Crew : Hub
    {
        public string WhoAmI() => $"{Context.UserIdentifier} by {Transport} over {Context.GetHttpContext()!.Request.Protocol}";

        private HttpTransportType Transport => Context.Features.Get<IHttpTransportFeature>()!.TransportType;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
