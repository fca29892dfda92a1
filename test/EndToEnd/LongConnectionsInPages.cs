using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>The JavaScript of docs/integrations.md about long connections, run in a page as it stands there.</summary>
public sealed class LongConnectionsInPages(World world) : IAsyncLifetime
{
    private const string Cookies = "accessTokenFactory: token";
    private const string Bearer = "accessTokenFactory: ticket";

    // What the server has sent first, or "closed" if it has refused the connection for good.
    private const string Raw = """
        const connections = [];
        const connect = (Kind, url) => new Promise((resolve) => {
          const connection = new Kind(url);
          connections.push(connection);
          connection.onmessage = ({ data }) => resolve(data);
          connection.onclose = () => resolve('closed');
          connection.onerror = () => connection.readyState === Kind.CLOSED && resolve('closed');
        });
        """;

    private IBrowserContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        _context = await (await world.BrowserAsync(Browser.Chromium)).NewContextAsync(new() { IgnoreHTTPSErrors = true });
        await SignalRPackage.ServeAsync(_context);
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    [Requirement("XS-12")]
    [Theory]
    [InlineData(Cookies, "WebSockets over HTTP/1.1")]
    [InlineData(Cookies, "LongPolling over HTTP/2", "WebSocket", "EventSource")]
    [InlineData(Bearer, "WebSockets over HTTP/2")]
    [InlineData(Bearer, "ServerSentEvents over HTTP/2", "WebSocket")]
    public async Task A_hub_is_connected_for_as_long_as_its_session_lasts(string lines, string transport, params string[] missing)
    {
        await using var app = await RealtimeApp.CreateAsync(transport.EndsWith('2'));
        await _context.Clock.InstallAsync();
        var page = await RealtimePage.OpenAsync(_context, app, missing);
        await page.RunAsync(RealtimePage.Documented(lines), "connection", isBearer: lines == Bearer);
        Assert.Equal($"ada by {transport}", await page.EvaluateAsync<string>("() => connection.invoke('WhoAmI')"));

        // A page with cookies knows before the server when its token has had its time.
        if (lines == Cookies)
            await page.EvaluateAsync("() => { document.cookie = '__Host-pawl-fresh=; Path=/; Secure; Max-Age=0'; }");
        else
            app.ExpireTokens();
        Assert.Equal($"ada by {transport}", await page.EvaluateAsync<string>("() => connection.invoke('WhoAmI')"));

        var first = await page.EvaluateAsync<string>("() => connection.connectionId");
        app.ExpireTokens();
        await app.RestartAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                // SignalR's pauses grow, up to 30 seconds.
                await page.Page.Clock.RunForAsync(500);
                return await page.EvaluateAsync<string?>("() => connection.state === 'Connected' ? connection.connectionId : null");
            },
            id => id is not null && id != first,
            "the hub has another connection"
        );
        Assert.Equal($"ada by {transport}", await page.EvaluateAsync<string>("() => connection.invoke('WhoAmI')"));

        var before = page.Requests.Count;
        await app.EndSessionAsync(await page.EvaluateAsync<string>("() => session.state.sid"));
        var duration = await page.UntilAsync("() => connection.state === 'Disconnected'");
        TestContext.Current.TestOutputHelper?.WriteLine($"The hub was closed after {duration.TotalMilliseconds:0} ms.");
        Assert.Equal("signed-out", await page.EvaluateAsync<string>("() => session.state.status"));
        await page.Page.Clock.RunForAsync("01:00");
        Assert.InRange(page.Requests.Count - before, 1, 4);
        Assert.Empty(page.Errors);
    }

    [Theory]
    [InlineData(Cookies)]
    [InlineData(Bearer)]
    public async Task The_hub_of_one_user_stops_when_another_signs_in_in_another_tab(string lines)
    {
        await using var app = await RealtimeApp.CreateAsync();
        await _context.Clock.InstallAsync();
        var page = await RealtimePage.OpenAsync(_context, app);
        await page.RunAsync(RealtimePage.Documented(lines), "connection", isBearer: lines == Bearer);
        var other = await RealtimePage.OpenAsync(_context, app);
        await other.RunAsync("", "", isBearer: lines == Bearer);
        var before = page.Requests.Count;

        await other.SignInAsync("ben", isBearer: lines == Bearer);

        await page.UntilAsync("() => connection.state === 'Disconnected'");
        await page.Page.Clock.RunForAsync("01:00");
        Assert.DoesNotContain(page.Requests.Skip(before), static request => request.EndsWith("/hub", StringComparison.Ordinal));
        Assert.Empty(page.Errors);
    }

    [Theory]
    [InlineData(Browser.Chromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_connection_for_the_first_user_does_not_open_as_the_next(Browser browser)
    {
        // Firefox has its own list of certificates.
        await using var app = await RealtimeApp.CreateAsync(isHttp2: browser is Browser.Chromium);
        await using var context = await (await world.BrowserAsync(browser)).NewContextAsync(new() { IgnoreHTTPSErrors = true });
        var page = await RealtimePage.OpenAsync(context, app);
        await page.RunAsync(Raw, "connect, connections");
        var ada = await page.EvaluateAsync<string>("() => session.state.sid");
        Assert.Equal("ada", await page.EvaluateAsync<string>($"() => connect(WebSocket, '/socket?pawl_session={ada}')"));
        Assert.Equal("ada", await page.EvaluateAsync<string>($"() => connect(EventSource, '/events?pawl_session={ada}')"));

        await page.SignInAsync("ben");

        await page.UntilAsync("() => connections.every(({ constructor, readyState }) => readyState === constructor.CLOSED)");
        Assert.Equal("closed", await page.EvaluateAsync<string>($"() => connect(WebSocket, '/socket?pawl_session={ada}')"));
        Assert.Equal("closed", await page.EvaluateAsync<string>($"() => connect(EventSource, '/events?pawl_session={ada}')"));
        Assert.Equal("ben", await page.EvaluateAsync<string>("() => connect(EventSource, '/events')"));
    }

    [Theory]
    [InlineData(Browser.Chromium)]
    [InlineData(Browser.Firefox)]
    public async Task An_EventSource_stops_for_ever_when_its_cookies_have_expired(Browser browser)
    {
        await using var app = await RealtimeApp.CreateAsync();
        await using var context = await (await world.BrowserAsync(browser)).NewContextAsync();
        var page = await RealtimePage.OpenAsync(context, app);
        await page.RunAsync(Raw + "const source = new EventSource('/events');", "connect, source");
        await page.UntilAsync("() => source.readyState === EventSource.OPEN");
        app.ExpireTokens();

        await app.RestartAsync();

        await page.UntilAsync("() => source.readyState === EventSource.CLOSED");
        Assert.Equal(
            "ada",
            await page.EvaluateAsync<string>("() => session.fetch('/auth/verify').then(() => connect(EventSource, '/events'))")
        );
    }

    [Fact]
    public async Task A_WebSocket_is_kept_open_for_as_long_as_the_session_lasts()
    {
        await using var app = await RealtimeApp.CreateAsync();
        await _context.Clock.InstallAsync();
        var page = await RealtimePage.OpenAsync(_context, app);
        await page.RunAsync(RealtimePage.Documented("keepOpen"), "over");
        await Eventually.TrueAsync(() => Sockets(page) == 1, "the page has opened a socket");
        app.ExpireTokens();

        await app.RestartAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                await page.Page.Clock.RunForAsync(500);
                return Sockets(page);
            },
            static sockets => sockets == 2,
            "the page has opened another"
        );
        await app.EndSessionAsync(await page.EvaluateAsync<string>("() => session.state.sid"));
        await Eventually.TrueAsync(
            async () =>
            {
                await page.Page.Clock.RunForAsync(500);
                return await page.EvaluateAsync<bool>("() => over.signal.aborted");
            },
            "the page has learned that the session has ended"
        );
        var before = page.Requests.Count;
        await page.Page.Clock.RunForAsync("01:00");
        Assert.Empty(page.Requests.Skip(before));
        Assert.Equal(2, Sockets(page));
    }

    [Fact]
    public async Task A_page_with_an_access_token_streams_until_its_session_ends()
    {
        await using var app = await RealtimeApp.CreateAsync();
        var page = await RealtimePage.OpenAsync(_context, app);
        await page.RunAsync(
            """
            let reader;
            const read = () => reader.read().then(({ value }) => new TextDecoder().decode(value), () => 'cut');
            const open = async () => {
              const { body, status } = await session.fetch('/events');
              reader = body.getReader();
              return status == 200 ? read() : status;
            };
            """,
            "open, read",
            isBearer: true
        );
        Assert.Contains("ada", await page.EvaluateAsync<string>("() => open()"), StringComparison.Ordinal);
        app.ExpireTokens();
        await app.RestartAsync();
        Assert.Equal("cut", await page.EvaluateAsync<string>("() => read()"));
        Assert.Contains("ada", await page.EvaluateAsync<string>("() => open()"), StringComparison.Ordinal);

        await app.EndSessionAsync(await page.EvaluateAsync<string>("() => session.state.sid"));

        Assert.Equal("cut", await page.EvaluateAsync<string>("() => read()"));
        Assert.Equal(401, await page.EvaluateAsync<int>("() => open()"));
        Assert.Equal("signed-out", await page.EvaluateAsync<string>("() => session.state.status"));
    }

    private static int Sockets(RealtimePage page) => page.Requests.Count(static request => request == "WebSocket /socket");
}
