using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Pawl.AspNetCore;

namespace Pawl.Client.Tests;

/// <summary>A server with Pawl on a port of this machine. The test sets the clock, and may answer requests itself.</summary>
internal sealed class ClientApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private int _refreshes;
    private int _signIns;
    private readonly ConcurrentDictionary<string, int> _refusals = new();

    private ClientApp(WebApplication app, string folder, FakeTimeProvider clock) => (_app, _folder, Clock) = (app, folder, clock);

    public FakeTimeProvider Clock { get; }

    public Uri Address => new(_app.Urls.First());

    public int Refreshes => _refreshes;

    public int SignIns => _signIns;

    /// <summary>The option of the server, which a test may turn off and on.</summary>
    public bool AcceptsDpop
    {
        set => _app.Services.GetRequiredService<IOptionsMonitor<PawlOptions>>().Get(PawlDefaults.AuthenticationScheme).AcceptDpop = value;
    }

    /// <summary>How many sessions are bound to a key.</summary>
    public async Task<int> CountBoundAsync(string user)
    {
        var sessions = await _app.Services.GetRequiredService<SessionManager>().ListAsync(user);
        return sessions.Count(static session => session.DeviceKey is not null);
    }

    /// <summary>How often refreshes were refused, by problem.</summary>
    public string Refusals => string.Join(", ", _refusals.Select(static refusal => $"{refusal.Value} x {refusal.Key}"));

    /// <summary>Answers requests before the server does; false leaves them to it.</summary>
    public Func<HttpContext, Task<bool>> Before { get; set; } = static _ => Task.FromResult(false);

    /// <summary>The claims of the proof of a request.</summary>
    public static JsonElement ProofOf(HttpContext context) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(context.Request.Headers["DPoP"].Single()!.Split('.')[1])).RootElement;

    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>A server that binds sessions to the keys of their clients.</summary>
    public static Task<ClientApp> StartWithDpopAsync(TimeProvider? time = null) => StartAsync(time, acceptsDpop: true);

    public static async Task<ClientApp> StartAsync(
        TimeProvider? time = null,
        TimeSpan? accessTokenLifetime = null,
        bool acceptsDpop = false
    )
    {
        // A proof names the server's URL, which the server must know when it starts.
        var port = acceptsDpop ? Ports.FindFree() : 0;
        var folder = Directory.CreateTempSubdirectory("pawl-client-").FullName;
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddSingleton(time ?? clock);
        builder
            .Services.AddPawl(options =>
            {
                options.AccessTokenLifetime = accessTokenLifetime ?? options.AccessTokenLifetime;
                if (options.SettlePeriod > options.AccessTokenLifetime)
                    options.SettlePeriod = options.AccessTokenLifetime;
                if (acceptsDpop)
                    (options.Issuer, options.AcceptDpop) = ($"http://127.0.0.1:{port}", true);
            })
            .AddSqliteStore($"Data Source={Path.Combine(folder, "sessions.db")}");
        var app = builder.Build();
        var started = new ClientApp(app, folder, clock);
        app.Use(
            async (context, next) =>
            {
                if (context.Request.Path == "/auth/token")
                    Interlocked.Increment(ref started._refreshes);
                if (context.Request.Path.StartsWithSegments("/login"))
                    Interlocked.Increment(ref started._signIns);
                if (!await started.Before(context))
                    await next(context);
                if (context.Request.Path == "/auth/token" && context.Response.StatusCode != 200)
                    started._refusals.AddOrUpdate(
                        $"{context.Response.StatusCode} {context.Response.Headers["Pawl-Problem"]}",
                        1,
                        static (_, count) => count + 1
                    );
            }
        );
        // Else they come first by themselves, and a test would not see the requests that they refuse.
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPawl();
        app.MapPost("/login/{user}", (string user) =>
            Results.SignIn(Principal(user), new PawlSignInProperties { Transport = SessionTransport.Body })
        );
        app.MapGet("/me", (ClaimsPrincipal me) => me.FindFirstValue(ClaimTypes.NameIdentifier)).RequireAuthorization();
        app.MapPost("/echo", async (HttpRequest request) => await new StreamReader(request.Body).ReadToEndAsync()).RequireAuthorization();
        app.MapGet("/own401", () => Results.Problem(statusCode: 401));
        app.MapGet("/away", (HttpRequest request) => Results.Redirect(request.Query["to"]!));
        app.MapGet("/round", () => Results.Redirect("/round"));
        app.MapGet("/seen", (HttpRequest request) => request.Headers.Authorization.Count.ToString());
        await app.StartAsync();
        return started;
    }

    private static ClaimsPrincipal Principal(string user) => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user)], "password"));

    public PawlSession NewSession(
        ITokenVault? vault = null,
        TimeProvider? time = null,
        string account = "",
        Action<PawlSessionOptions>? configure = null
    )
    {
        var options = new PawlSessionOptions
        {
            Server = Address,
            Vault = vault,
            TimeProvider = time ?? Clock,
            Account = account,
        };
        configure?.Invoke(options);
        return new(options);
    }

    public static HttpClient NewClient(PawlSession session) =>
        new(new PawlSessionHandler(session) { InnerHandler = new SocketsHttpHandler() });

    public async Task<(PawlSession Session, HttpClient Client)> SignInAsync(
        string user = "ada",
        ITokenVault? vault = null,
        TimeProvider? time = null,
        Action<PawlSessionOptions>? configure = null
    )
    {
        var session = NewSession(vault, time, configure: configure);
        Assert.IsType<SignedIn>(await session.SignInAsync($"/login/{user}", new StringContent("")));
        return (session, NewClient(session));
    }

    /// <summary>Past the access token's life.</summary>
    public void Expire() => Clock.Advance(TimeSpan.FromMinutes(6));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        TemporaryFolder.Delete(_folder);
    }
}
