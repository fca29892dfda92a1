extern alias Pages;
using Pages::Herbarium;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// samples/Pages as it is, on a clock and a store of the test's. A page with <c>?slow</c> is ready, and its response starts when the test
/// says so.
/// </summary>
internal sealed class PagesApp : IAsyncDisposable
{
    private readonly WebApplicationFactory<Members> _app;
    private readonly SlowResponses _slow = new();

    /// <param name="folder">Where SQLite keeps the sessions, and the keys that several nodes share.</param>
    /// <param name="clock">The clock of all nodes.</param>
    /// <param name="connectionString">A PostgreSQL database in place of SQLite; null for SQLite.</param>
    public PagesApp(TestFolder folder, TestClock clock, string? connectionString = null)
    {
        _app = new WebApplicationFactory<Members>().WithWebHostBuilder(host =>
            host.UseContentRoot(Path.Combine(SourceTree.Root, "samples/Pages"))
                .UseEnvironment("Production")
                .UseSetting("hostBuilder:reloadConfigOnChange", "false")
                .UseSetting("ConnectionStrings:Sessions", $"Data Source={folder.Database}")
                .ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs))
                .ConfigureTestServices(services =>
                {
                    services.AddSingleton<TimeProvider>(clock).AddSingleton<IDataProtectionProvider>(folder.DataProtection);
                    services.AddSingleton<IStartupFilter>(_slow);
                    if (connectionString is not null)
                    {
                        services.RemoveAll<ISessionStore>().RemoveAll<IKeyStore>();
                        new PawlBuilder(services, PawlDefaults.AuthenticationScheme).AddPostgreSqlStore(connectionString);
                    }
                    TestApp.Watch(services);
                })
        );
        Client = _app.CreateDefaultClient(new Uri(TestApp.Origin));
    }

    public HttpClient Client { get; }

    public CapturedLogs Logs { get; } = new();

    public WatchedStore Store => (WatchedStore)_app.Services.GetRequiredService<ISessionStore>();

    /// <summary>How many slow pages are ready, and have not been sent.</summary>
    public int SlowPages => _slow.Waiting;

    /// <summary>Sends the slow pages.</summary>
    public void SendSlowPages() => _slow.Open();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class SlowResponses : IStartupFilter
    {
        private TaskCompletionSource _open = NewGate();
        private int _waiting;

        public int Waiting => Volatile.Read(ref _waiting);

        public void Open() => Interlocked.Exchange(ref _open, NewGate()).SetResult();

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use((context, go) => context.Request.Query.ContainsKey("slow") ? DelayAsync(context, go) : go(context));
                next(app);
            };

        // Nothing that the app writes starts the response before the gate is open.
        private async Task DelayAsync(HttpContext context, RequestDelegate go)
        {
            var (body, page) = (context.Response.Body, new MemoryStream());
            context.Response.Body = page;
            await go(context);
            context.Response.Body = body;
            var open = Volatile.Read(ref _open).Task;
            Interlocked.Increment(ref _waiting);
            await open;
            Interlocked.Decrement(ref _waiting);
            await body.WriteAsync(page.ToArray());
        }

        private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
