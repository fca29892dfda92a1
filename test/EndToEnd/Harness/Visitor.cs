using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>A browser profile: a cookie jar of its own, any number of tabs, and a proxy between it and the server.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    /// <summary>A page without a client of its own, under the strictest policy that lets one run.</summary>
    public const string Strict =
        "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>A browser that does not do it within this time will not do it at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Tab> _tabs = [];

    private readonly string _script;

    private Visitor(IBrowserContext context, IServer server, FaultProxy proxy, string script) =>
        (Context, Server, Proxy, _script) = (context, server, proxy, script);

    public IBrowserContext Context { get; }

    public IServer Server { get; }

    public FaultProxy Proxy { get; }

    public static async Task<Visitor> ComeAsync(
        IBrowser browser,
        IServer server,
        BrowserNewContextOptions? options,
        string script,
        bool isHttps = false
    )
    {
        var proxy = await FaultProxy.StartAsync(server.Address, isHttps);
        proxy.AddPage(Tab.Path, "<!doctype html><title>A page of the app</title>", Strict);
        var context = await browser.NewContextAsync(options).WaitAsync(Patience);
        context.SetDefaultTimeout(20_000);
        return new Visitor(context, server, proxy, script);
    }

    /// <summary>A page of whatever origin, with nothing in it yet.</summary>
    public Task<IPage> NewPageAsync() => Context.NewPageAsync().WaitAsync(Patience);

    /// <summary>Opens a page with the browser client.</summary>
    public async Task<Tab> OpenAsync()
    {
        var tab = await OpenEmptyAsync();
        await tab.LoadAsync();
        return tab;
    }

    public async Task<Tab> OpenEmptyAsync()
    {
        var tab = new Tab(await NewPageAsync(), Proxy.Origin, _script);
        _tabs.Add(tab);
        return tab;
    }

    /// <summary>Opens so many, all for one session.</summary>
    public async Task<Tab[]> OpenSignedInAsync(int tabs)
    {
        var all = new Tab[tabs];
        for (var i = 0; i < tabs; i++)
        {
            all[i] = await OpenAsync();
            if (i == 0)
                await all[i].SignInAsNewUserAsync();
        }
        return all;
    }

    public async Task<IReadOnlyDictionary<string, BrowserContextCookiesResult>> CookiesAsync() =>
        (await Context.CookiesAsync([Proxy.Origin.ToString()])).ToDictionary(static cookie => cookie.Name);

    /// <summary>How long the browser will keep a cookie of its own accord. (Playwright's own answer is rounded to two minutes.)</summary>
    public async Task<TimeSpan> LastingAsync(string name)
    {
        var devTools = await Context.NewCDPSessionAsync(Context.Pages[0]);
        var found = await devTools.SendAsync("Network.getCookies", new() { ["urls"] = new[] { Proxy.Origin.ToString() } });
        await devTools.DetachAsync();
        var expires = found!
            .Value.GetProperty("cookies")
            .EnumerateArray()
            .Single(cookie => cookie.GetProperty("name").GetString() == name)
            .GetProperty("expires")
            .GetDouble();
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(expires * 1000)) - DateTimeOffset.UtcNow;
    }

    public async Task<string?> CookieAsync(string name) => (await CookiesAsync()).GetValueOrDefault(name)?.Value;

    /// <summary>Deletes one cookie, also one that scripts cannot see, and leaves the others alone.</summary>
    public async Task LoseCookieAsync(string name)
    {
        const string Path = "/e2e/lose";
        Proxy.On(Path, call =>
        {
            call.Context.Response.Headers.SetCookie = $"{name}=; Path=/; Secure; HttpOnly; Max-Age=0";
            return call.AnswerAsync(204, "");
        });
        await Context.Pages[0].EvaluateAsync($"() => fetch('{Path}').then(() => null)");
    }

    /// <summary>What remains after a failure to understand it by.</summary>
    public void Tell(Action<string> say)
    {
        foreach (var e in Proxy.Log)
        {
            var outcome = (e.Status is { } status ? $"{status}" : "cut") + (e.Sent ? "" : " (server not asked)");
            var cookies = string.Join(' ', e.SetCookies.Select(static c => c.Split('=')[0]));
            say($"{e.At.TotalSeconds, 8:0.000} {e.Method} {e.Path} [{e.Session}] -> {outcome} {cookies}");
        }
        foreach (var tab in _tabs)
            tab.Console.ForEach(line => say("console: " + line));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(Context.CloseAsync(), Task.Delay(Patience));
        await Proxy.DisposeAsync();
    }
}
