using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A small real app on Pawl and SQLite, its clock in the test's hands. Two of them on one folder are two nodes, or the same one after a
/// restart.
/// </summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string Origin = "https://app.example";

    private readonly WebApplication _app;
    private readonly bool _ownsFolder;
    private readonly SecretWatch _watch;
    private int _notes;

    private TestApp(WebApplication app, TestFolder folder, bool ownsFolder, TestClock clock, CapturedLogs logs)
    {
        (_app, Folder, _ownsFolder, Clock, Logs) = (app, folder, ownsFolder, clock, logs);
        _watch = new SecretWatch(logs);
    }

    public TestFolder Folder { get; }

    public TestClock Clock { get; }

    public CapturedLogs Logs { get; }

    public IServiceProvider Services => _app.Services;

    public WatchedStore Store => (WatchedStore)Services.GetRequiredService<ISessionStore>();

    /// <summary>How often POST /note, an endpoint of the app's own, has been carried out.</summary>
    public int Notes => _notes;

    public TestServer Server => (TestServer)Services.GetRequiredService<IServer>();

    /// <summary>Where Kestrel listens, if it does.</summary>
    public Uri Address => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<TestApp> StartAsync(
        Action<PawlOptions>? pawl = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        TestFolder? folder = null,
        TestClock? clock = null,
        string scheme = PawlDefaults.AuthenticationScheme,
        Action<PawlBuilder>? more = null,
        bool kestrel = false,
        Action<WebApplication>? mapPawl = null,
        Action<PawlBuilder>? store = null
    )
    {
        var ownsFolder = folder is null;
        folder ??= new TestFolder();
        clock ??= new TestClock();
        var logs = new CapturedLogs();
        var builder = NewBuilder(kestrel);
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IDataProtectionProvider>(folder.DataProtection);
        services?.Invoke(builder.Services);
        var added = builder.Services.AddPawl(scheme, pawl);
        if (store is null)
            added.AddSqliteStore($"Data Source={folder.Database}");
        else
            store(added);
        more?.Invoke(added);
        Watch(builder.Services);

        var app = builder.Build();
        var test = new TestApp(app, folder, ownsFolder, clock, logs);
        try
        {
            if (mapPawl is null)
                app.MapPawl();
            else
                mapPawl(app);
            // Under another scheme, somebody else signs in.
            if (scheme == PawlDefaults.AuthenticationScheme)
                MapLogin(app);
            test.MapOwn(app);
            map?.Invoke(app);
            await app.StartAsync();
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
        return test;
    }

    /// <summary>A builder for another app beside this one: on no port unless it must be, and silent.</summary>
    public static WebApplicationBuilder NewBuilder(bool kestrel = false)
    {
        // Files are not watched for changes: a machine has few of such watches to give.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"], EnvironmentName = "Production" }
        );
        builder.Logging.ClearProviders();
        if (kestrel)
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        else
            builder.WebHost.UseTestServer(static o => o.BaseAddress = new Uri(Origin));
        return builder;
    }

    public T Service<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A browser with nothing in it.</summary>
    public Browser NewBrowser(string origin = Origin) => new(NewClient(), Clock, new Uri(origin));

    /// <summary>A browser in which somebody has signed in.</summary>
    public async Task<Browser> SignInAsync(string name, Login? login = null)
    {
        var browser = NewBrowser();
        await browser.SignInAsync(name, login);
        return browser;
    }

    /// <summary>A client that keeps no cookies and sends nothing by itself.</summary>
    public HttpClient NewClient() =>
        Services.GetRequiredService<IServer>() is TestServer server
            ? new HttpClient(new Overhearing(server.CreateHandler(), Overhear)) { BaseAddress = new Uri(Origin) }
            : new HttpClient(new Overhearing(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }, Overhear))
            {
                BaseAddress = Address,
            };

    /// <summary>A request as it comes from the wire, its headers untouched by any client. Returns when it has been answered.</summary>
    public Task<Answer> SendRawAsync(string method, string path, params (string Name, string Value)[] headers) =>
        SendRawAsync(method, path, null, headers);

    public async Task<Answer> SendRawAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        var context = await Server.SendAsync(c =>
        {
            var question = path.IndexOf('?');
            (c.Request.Method, c.Request.Scheme, c.Request.Host) = (method, "https", new HostString("app.example"));
            (c.Request.Path, c.Request.QueryString) =
                question < 0 ? (path, default) : (path[..question], new QueryString(path[question..]));
            foreach (var (name, value) in headers)
                c.Request.Headers[name] = StringValues.Concat(c.Request.Headers[name], value);
            if (body is not null)
                (c.Request.Body, c.Request.ContentLength) = (new MemoryStream(body), body.Length);
            c.Features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(body is not null));
        });
        using var reader = new StreamReader(context.Response.Body);
        var answer = new Answer(
            context.Response.StatusCode,
            context.Response.Headers.SelectMany(static h => h.Value.Select(v => (h.Key, v ?? ""))).ToList(),
            await reader.ReadToEndAsync()
        );
        Overhear(answer);
        return answer;
    }

    private void Overhear(Answer answer)
    {
        Folder.Secrets.Learn(answer);
        _watch.Hear(answer);
    }

    private sealed record BodyDetection(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;

    public static void Watch(IServiceCollection services)
    {
        var store = services.Single(static s => s.ServiceType == typeof(ISessionStore)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Singleton<ISessionStore>(p => new WatchedStore((ISessionStore)store(p))));
    }

    private static void MapLogin(WebApplication app)
    {
        app.MapPost("/login", (Login login) => Results.SignIn(login.ToPrincipal(), login.ToProperties()));
        app.MapPost("/login-then-write", async (HttpContext context, Login login) =>
        {
            await context.SignInAsync(login.ToPrincipal(), login.ToProperties());
            context.Response.Headers["X-Signed-In"] = login.Name;
            context.Response.StatusCode = 201;
            await context.Response.WriteAsJsonAsync(new { welcome = login.Name });
        });
    }

    // A line of an app's own for each way of using a session.
    private void MapOwn(WebApplication app)
    {
        app.MapPost("/sign-out", () => Results.SignOut());
        app.MapGet("/me", (ClaimsPrincipal me) => me.Identity!.Name).RequireAuthorization();
        app.MapGet("/claims", (ClaimsPrincipal me) => me.Claims.Select(static c => $"{c.Type}={c.Value}")).RequireAuthorization();
        app.MapGet("/admin", () => "the bridge").RequireAuthorization(static policy => policy.RequireRole("admin"));
        app.MapGet("/open", (ClaimsPrincipal me) => me.Identity?.Name ?? "nobody");
        app.MapPost("/note", () => Interlocked.Increment(ref _notes)).RequireAuthorization();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await LearnKeysAsync();
            await _app.DisposeAsync();
            _watch.Check(Folder.Secrets.All);
        }
        finally
        {
            _watch.Dispose();
            if (_ownsFolder)
                Folder.Dispose();
        }
    }

    private async Task LearnKeysAsync()
    {
        try
        {
            Folder.Secrets.Learn(await Service<IKeyStore>().ReadKeysAsync(CancellationToken.None), Service<KeyProtection>());
        }
        catch (Exception e) when (e is StoreUnavailableException or OptionsValidationException or CryptographicException)
        {
            // The test is about a store, options or a key with which nothing can be read.
        }
    }
}
