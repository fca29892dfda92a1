using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app on a port whose responses do not end by themselves.</summary>
internal static class StreamApp
{
    public static Task<TestApp> StartAsync(Action<PawlOptions>? pawl = null, TestFolder? folder = null, TestClock? clock = null) =>
        TestApp.StartAsync(pawl, Services, Map, folder, clock, kestrel: true);

    public static void Services(IServiceCollection services) => services.AddSignalR(static o => o.EnableDetailedErrors = true);

    public static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.MapGet("/socket", static async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.ReceiveAsync(new byte[16], context.RequestAborted);
            })
            .RequireAuthorization();
        app.MapGet("/items", static (CancellationToken ended) => TypedResults.ServerSentEvents(Items(ended))).RequireAuthorization();
        app.MapGet("/events", static context => WriteAsync(context, "text/event-stream")).RequireAuthorization();
        app.MapGet("/lines", static context => WriteAsync(context, "application/x-ndjson")).RequireAuthorization();
        app.MapGet("/export", static context => WriteAsync(context, "text/csv")).RequireAuthorization().CloseAtSessionEnd();
        app.MapGet("/download", static context => WriteAsync(context, "text/csv")).RequireAuthorization();
        app.MapHub<HubApp.Crew>("/hub", static o => o.AllowStatefulReconnects = true);
    }

    /// <summary>Opens a stream and reads its first line.</summary>
    public static async Task<Stream> OpenStreamAsync(this TestApp app, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await app.NewClient()
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, await stream.ReadAsync(new byte[64], TestContext.Current.CancellationToken));
        return stream;
    }

    public static async Task<ClientWebSocket> OpenSocketAsync(this TestApp app, params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        foreach (var (name, value) in headers)
            socket.Options.SetRequestHeader(name, value);
        await socket.ConnectAsync(new Uri($"ws://{app.Address.Authority}/socket"), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Returns when the server has cut the stream.</summary>
    public static Task ExpectCutAsync(this Stream stream) =>
        Assert.ThrowsAnyAsync<IOException>(() =>
            stream
                .CopyToAsync(Stream.Null, TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );

    /// <summary>Returns when the server has cut the socket.</summary>
    public static Task ExpectCutAsync(this ClientWebSocket socket) =>
        Assert.ThrowsAsync<WebSocketException>(() =>
            socket
                .ReceiveAsync(new byte[16], TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );

    private static async Task WriteAsync(HttpContext context, string type)
    {
        context.Response.ContentType = type;
        await context.Response.WriteAsync("data: hello\n\n", context.RequestAborted);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private static async IAsyncEnumerable<SseItem<string>> Items([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new("hello");
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
