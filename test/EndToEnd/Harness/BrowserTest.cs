using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>
/// A test in a browser. Whatever it is about, the server must not have met an exception, and must not have written a token to its log.
/// Where it fails, all that passed between browser and server is shown.
/// </summary>
public abstract class BrowserTest(World world) : IAsyncLifetime
{
    private static readonly string[] NeverWritten = [" fail: ", " crit: ", "Unhandled exception", "pawl_r1_", "eyJhbGciOi"];

    // Far longer than any test needs on a busy machine. Most calls into a page have no bound of their own.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _overdue = new(Longest);
    private readonly List<(IServer Server, int Lines)> _servers = [];
    private readonly List<Visitor> _visitors = [];

    protected World World { get; } = world;

    public ValueTask InitializeAsync()
    {
        _overdue.Token.Register(() =>
        {
            Say($"This has taken {Longest.TotalMinutes:0} minutes: the browsers are ended.");
            _ = World.DropBrowsersAsync();
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>Somebody with a browser profile of their own, who meets the server through a proxy of their own.</summary>
    internal async Task<Visitor> VisitAsync(
        IServer server,
        BrowserNewContextOptions? options = null,
        string script = Tab.Script,
        Browser browser = Browser.Chromium,
        bool sleeps = false,
        bool isHttps = false
    )
    {
        Watch(server);
        var visitor = await Visitor.ComeAsync(await World.BrowserAsync(browser, sleeps), server, options, script, isHttps);
        _visitors.Add(visitor);
        return visitor;
    }

    internal async Task<Visitor> VisitAsync(ServerSettings settings) => await VisitAsync(await World.ServerAsync(settings));

    /// <summary>Looks at what the server writes from now on.</summary>
    internal void Watch(IServer server)
    {
        if (_servers.All(known => known.Server != server))
            _servers.Add((server, server.Output.Count));
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var isOverdue = _overdue.IsCancellationRequested;
        _overdue.Dispose();
        var failed = TestContext.Current.TestState?.Result is TestResult.Failed;
        foreach (var visitor in _visitors)
        {
            if (failed)
                visitor.Tell(Say);
            await visitor.DisposeAsync();
        }
        Assert.False(isOverdue, $"The test has hung, and was ended after {Longest.TotalMinutes:0} minutes.");
        foreach (var (server, lines) in _servers)
        {
            var written = server.Output.Skip(lines).ToList();
            if (failed)
                written
                    .Where(static line => !line.Contains("info: Microsoft.", StringComparison.Ordinal))
                    .TakeLast(60)
                    .ToList()
                    .ForEach(Say);
            Assert.DoesNotContain(written, static line =>
                NeverWritten.Any(fault => line.Contains(fault, StringComparison.OrdinalIgnoreCase))
            );
        }
    }

    protected static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
