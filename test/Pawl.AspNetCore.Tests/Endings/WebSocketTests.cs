using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A WebSocket is opened by a GET that any page can send, and stays open when the access token has long expired: so its origin is checked,
/// and it ends with the session.
/// </summary>
public sealed class WebSocketTests
{
    [Requirement("XS-12")]
    [Theory]
    [InlineData("http://{host}", null, true)]
    [InlineData("http://{host}", "same-origin", true)]
    [InlineData("https://trusted.example", "cross-site", true)]
    [InlineData("https://evil.example", null, false)]
    [InlineData("https://evil.example", "cross-site", false)]
    [InlineData("http://{host}.evil.example", null, false)]
    [InlineData("null", null, false)]
    [InlineData(null, null, false)]
    public async Task Only_a_page_of_the_apps_own_can_open_one_with_the_users_cookies(string? origin, string? site, bool opens)
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", ada.Cookies.Header);
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin.Replace("{host}", app.Address.Authority, StringComparison.Ordinal));
        if (site is not null)
            socket.Options.SetRequestHeader("Sec-Fetch-Site", site);
        var connecting = socket.ConnectAsync(SocketAddress(app), TestContext.Current.CancellationToken);

        if (opens)
            await connecting;
        else
            Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => connecting)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_native_client_with_a_bearer_token_needs_no_origin()
    {
        await using var app = await StartAsync();
        using var socket = await OpenAsync(app, ("Authorization", $"Bearer {(await SignInAsync(app)).AccessToken}"));
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Requirement("XS-12", "SES-08")]
    [Fact]
    public async Task A_feed_that_recovers_late_still_closes_the_socket_of_an_ended_session()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        Assert.True(SessionId.TryParse(AccessTokens.Claims(ada.AccessToken!).GetProperty("sid").GetString(), out var id));
        using var socket = await OpenAsync(app, ("Authorization", $"Bearer {ada.AccessToken}"));
        var reading = ReadAsync(socket);
        app.Store.IsFeedDown = true;
        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(13).Any()), "The feed is not down.");
        // Another node ends the session like this.
        await app.Store.EndAsync(
            id,
            new SessionEnd(SessionEndReason.Revoked, app.Clock.GetUtcNow()),
            TestContext.Current.CancellationToken
        );
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(reading.IsCompleted);

        app.Store.IsFeedDown = false;

        await Assert.ThrowsAsync<WebSocketException>(() =>
            reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );
    }

    [Requirement("XS-12")]
    [Fact]
    public async Task The_socket_of_an_ended_session_is_closed_and_others_stay_open()
    {
        await using var app = await StartAsync();
        var (ada, bob) = (await SignInAsync(app), await SignInAsync(app, "bob"));
        using var cut = await OpenAsync(app, ("Authorization", $"Bearer {ada.AccessToken}"));
        using var stays = await OpenAsync(app, ("Authorization", $"Bearer {bob.AccessToken}"));
        var (reading, waiting) = (ReadAsync(cut), ReadAsync(stays));
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(reading.IsCompleted);

        await ada.LogoutAsync();

        await Assert.ThrowsAsync<WebSocketException>(() =>
            reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );
        Assert.False(waiting.IsCompleted);
        Assert.Equal(WebSocketState.Open, stays.State);
    }

    [Fact]
    public async Task An_event_stream_is_cut_too()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        using var client = app.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events");
        request.Headers.Add("Authorization", $"Bearer {ada.AccessToken}");
        request.Headers.Add("Accept", "text/event-stream");
        using var response = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: hello", await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        await ada.LogoutAsync("everywhere");

        await Assert.ThrowsAnyAsync<IOException>(() =>
            reader
                .ReadToEndAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData("/socket")]
    [InlineData("/events")]
    public async Task The_host_does_not_wait_for_one_when_it_stops(string path)
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        using var client = app.NewClient();
        using var socket = path == "/socket" ? await OpenAsync(app, ("Authorization", $"Bearer {ada.AccessToken}")) : new ClientWebSocket();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events");
        request.Headers.Add("Authorization", $"Bearer {ada.AccessToken}");
        request.Headers.Add("Accept", "text/event-stream");
        using var stream =
            path == "/events"
                ? await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)
                : null;

        // The shutdown timeout is ten minutes here.
        await app.Service<IHost>()
            .StopAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        if (path == "/socket")
            await Assert.ThrowsAsync<WebSocketException>(() => ReadAsync(socket));
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            static o => o.TrustedOrigins.Add("https://trusted.example"),
            static services => services.Configure<HostOptions>(static o => o.ShutdownTimeout = TimeSpan.FromMinutes(10)),
            map: static app =>
            {
                app.UseWebSockets();
                app.MapGet("/socket", static async (HttpContext context) =>
                    {
                        using var socket = await context.WebSockets.AcceptWebSocketAsync();
                        await socket.ReceiveAsync(new byte[16], context.RequestAborted);
                    })
                    .RequireAuthorization();
                app.MapGet("/events", static async (HttpContext context) =>
                    {
                        await context.Response.WriteAsync("data: hello\n\n", context.RequestAborted);
                        await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    })
                    .RequireAuthorization();
            },
            kestrel: true
        );

    private static async Task<Browser> SignInAsync(TestApp app, string name = "ada")
    {
        var browser = app.NewBrowser($"http://{app.Address.Authority}");
        await browser.SignInAsync(name);
        return browser;
    }

    private static Uri SocketAddress(TestApp app) => new($"ws://{app.Address.Authority}/socket");

    private static async Task<ClientWebSocket> OpenAsync(TestApp app, (string Name, string Value) header)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(header.Name, header.Value);
        await socket.ConnectAsync(SocketAddress(app), TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task<WebSocketReceiveResult> ReadAsync(ClientWebSocket socket) =>
        socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);
}
