using System.Collections.Concurrent;
using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(World))]
// One browser and two cores: side by side the tests would measure each other.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Pawl.EndToEnd.Harness;

/// <summary>What all tests share: one browser, and a server for each choice of settings. Both start when a test first asks.</summary>
public sealed class World : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private static readonly string[] Arguments =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<ServerProgram, Lazy<Task<ServerProcess>>> _servers = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The server that is started so. Other tests use it, too: it is not to be killed.</summary>
    public Task<ServerProcess> ServerAsync(ServerProgram program) => _servers.GetOrAdd(program, static p => new(() => ServerProcess.StartAsync(p))).Value;

    /// <summary>Without a browser there is nothing to test: that is an error where tests must run, and said aloud elsewhere.</summary>
    public async Task<IBrowser> BrowserAsync()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _browser is { IsConnected: true } ? _browser : await LaunchAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends a browser that does not answer any more: whatever waits for it fails, and the next test gets a new one.</summary>
    public async Task DropBrowserAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            _playwright?.Dispose();
            (_playwright, _browser) = (null, null);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // One that does not close in time is killed with its driver.
        if (_browser is not null)
            await Task.WhenAny(_browser.CloseAsync(), Task.Delay(Patience, CancellationToken.None));
        _playwright?.Dispose();
        _turn.Dispose();
        foreach (var server in _servers.Values.Select(static lazy => lazy.Value).Where(static task => task.IsCompletedSuccessfully))
            await server.Result.DisposeAsync();
    }

    private async Task<IBrowser> LaunchAsync()
    {
        if (FindChromium() is not { } path)
        {
            const string Missing = "Chromium is not installed; install it with: apt-get install chromium.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", Missing);
            Assert.Fail(Missing);
            throw new InvalidOperationException(Missing);
        }
        _playwright ??= await Playwright.CreateAsync();
        return _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments });
    }

    private static string? FindChromium() => (Environment.GetEnvironmentVariable("PATH") + ":/usr/bin").Split(Path.PathSeparator)
        .SelectMany(static folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
