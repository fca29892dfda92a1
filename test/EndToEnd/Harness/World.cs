using System.Collections.Concurrent;
using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(World))]
// Two classes at once, because most tests wait for a browser or for a token to expire.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]

namespace Pawl.EndToEnd.Harness;

/// <summary>
/// What all tests share: a browser of each kind, and a server for each choice of settings. They start when a test first asks.
/// </summary>
public sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<ServerProgram, Lazy<Task<ServerProcess>>> _servers = new();
    private readonly Dictionary<(Browser, DeviceClock?), IBrowser> _browsers = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lazy<DeviceClock> _clock = new();
    private IPlaywright? _playwright;

    /// <summary>The wall clock of the browsers that are started with one of their own.</summary>
    internal DeviceClock Clock => _clock.Value;

    /// <summary>The server that is started so. Other tests use it, too: it is not to be killed.</summary>
    public Task<ServerProcess> ServerAsync(ServerProgram program) =>
        _servers.GetOrAdd(program, static p => new(() => ServerProcess.StartAsync(p))).Value;

    /// <param name="browser">Which.</param>
    /// <param name="sleeps">Whether its wall clock is <see cref="Clock"/>, and can jump.</param>
    public async Task<IBrowser> BrowserAsync(Browser browser, bool sleeps = false)
    {
        var clock = sleeps ? Clock : null;
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_browsers.GetValueOrDefault((browser, clock)) is { IsConnected: true } running)
                return running;
            _playwright ??= await Playwright.CreateAsync();
            return _browsers[(browser, clock)] = await _playwright.LaunchAsync(browser, clock);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Ends browsers of which one does not answer any more: whatever waits for it fails, and the next test gets a new one.
    /// </summary>
    public async Task DropBrowsersAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            _playwright?.Dispose();
            _playwright = null;
            _browsers.Clear();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // One that does not close in time is killed with its driver.
        await Task.WhenAny(
            Task.WhenAll(_browsers.Values.Select(static browser => browser.CloseAsync())),
            Task.Delay(Patience, CancellationToken.None)
        );
        _playwright?.Dispose();
        _turn.Dispose();
        if (_clock.IsValueCreated)
            _clock.Value.Dispose();
        foreach (var server in _servers.Values.Select(static lazy => lazy.Value).Where(static task => task.IsCompletedSuccessfully))
            await server.Result.DisposeAsync();
    }
}
