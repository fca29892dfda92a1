using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>An app behind a proxy that ends TLS. Its clock moves on when a test says so.</summary>
internal sealed class DeviceApp : IServer, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;
    private readonly DeviceApp? _first;
    private readonly ConcurrentQueue<string> _output = [];

    private DeviceApp(string binding, DeviceApp? first)
    {
        _first = first;
        _folder = first?._folder ?? Directory.CreateTempSubdirectory("pawl-e2e-");
        Clock = first?.Clock ?? new TestClock();
        Address = new($"http://127.0.0.1:{Ports.FindFree()}");
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false", "--urls", $"{Address}"],
                EnvironmentName = "Production",
            }
        );
        builder.Configuration.AddInMemoryCollection([new("Pawl:DeviceBinding", binding), new("Pawl:RefreshesPerMinute", "60000")]);
        builder.Logging.ClearProviders().AddProvider(new LineLog(_output.Enqueue)).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.Configure<ForwardedHeadersOptions>(static options => options.ForwardedHeaders = ForwardedHeaders.XForwardedProto);
        builder
            .Services.AddPawl(static options =>
            {
                options.KeyEncryptionKey = new byte[32];
                options.LoginPath = DevicePages.Login;
                options.SettlePeriod = TimeSpan.FromSeconds(1);
            })
            .BindConfiguration("Pawl")
            .AddSqliteStore($"Data Source={Path.Combine(_folder.FullName, "sessions.db")}");
        _app = builder.Build();
        _app.UseForwardedHeaders();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapPawl();
        DevicePages.Map(_app);
        Meters = new(_app.Services);
    }

    public Uri Address { get; }

    public TestClock Clock { get; }

    /// <summary>What the app has counted.</summary>
    public DeviceMeters Meters { get; }

    public IReadOnlyList<string> Output => [.. _output];

    public static Task<DeviceApp> StartAsync(string binding) => StartAsync(new DeviceApp(binding, first: null));

    /// <summary>Starts another node of this app.</summary>
    public Task<DeviceApp> StartNodeAsync(string binding) => StartAsync(new DeviceApp(binding, first: this));

    /// <summary>How many log messages of this name there are.</summary>
    public int CountEvents(string name) => _output.Count(line => line.Contains($" {name} ", StringComparison.Ordinal));

    /// <summary>All access tokens of before have expired.</summary>
    public void LetAccessTokensExpire() => Clock.Advance(TimeSpan.FromMinutes(6));

    public async ValueTask DisposeAsync()
    {
        Meters.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        if (_first is null)
            TemporaryFolder.Delete(_folder.FullName);
    }

    private static async Task<DeviceApp> StartAsync(DeviceApp app)
    {
        await app._app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
