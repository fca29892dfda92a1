using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>A connection that is refreshed as it opens brings the cookies in its first response. It is cut when its session ends.</summary>
public sealed class RefreshedConnectionTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Requirement("XS-12")]
    [Fact]
    public async Task A_WebSocket_carries_the_cookies_in_the_switch_of_protocols_and_closes_with_its_session()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", ada.Cookies.Header);
        socket.Options.SetRequestHeader("Origin", $"http://{app.Address.Authority}");
        await socket.ConnectAsync(new Uri($"ws://{app.Address.Authority}/socket"), TestContext.Current.CancellationToken);

        Take(ada, socket.HttpResponseHeaders!["Set-Cookie"]);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        var reading = socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);
        Assert.Equal(204, (await ada.LogoutAsync()).Status);
        await Assert.ThrowsAsync<WebSocketException>(() =>
            reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task An_event_stream_carries_the_cookies_in_its_headers_and_is_cut_with_its_session()
    {
        await using var app = await StartAsync();
        var ada = await SignInAsync(app);
        using var client = app.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events");
        request.Headers.TryAddWithoutValidation("Cookie", ada.Cookies.Header);
        request.Headers.Add("Accept", "text/event-stream");
        using var response = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: hello", await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        Take(ada, response.Headers.GetValues("Set-Cookie"));
        Assert.Equal(204, (await ada.LogoutAsync()).Status);
        await Assert.ThrowsAnyAsync<IOException>(() =>
            reader
                .ReadToEndAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            static o => o.RefreshOnRequest = RefreshOnRequest.Always,
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

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = app.NewBrowser($"http://{app.Address.Authority}");
        await browser.SignInAsync("ada");
        app.Clock.Advance(Expired);
        return browser;
    }

    private static void Take(Browser browser, IEnumerable<string> lines)
    {
        var cookies = lines.Select(SetCookie.Parse).ToList();
        Assert.Equal(4, cookies.Count);
        cookies.ForEach(browser.Cookies.Take);
    }
}
