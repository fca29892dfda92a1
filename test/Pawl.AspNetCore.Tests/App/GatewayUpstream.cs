using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app behind a gateway, which knows nothing of Pawl. It remembers what reaches it.</summary>
internal sealed class GatewayUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayUpstream(WebApplication app) => _app = app;

    public ConcurrentQueue<PassedRequest> Requests { get; } = new();

    /// <summary>What the app answers with, besides its text.</summary>
    public string[] SetCookies { get; set; } = [];

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<GatewayUpstream> StartAsync()
    {
        var app = TestApp.NewBuilder(kestrel: true).Build();
        var upstream = new GatewayUpstream(app);
        app.UseWebSockets();
        app.Run(upstream.AnswerAsync);
        await app.StartAsync();
        return upstream;
    }

    /// <summary>The only request since the last call.</summary>
    public PassedRequest TakeOnly()
    {
        var request = Assert.Single(Requests);
        Requests.Clear();
        return request;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.SelectMany(static h => h.Value.Select(v => (h.Key, v ?? ""))).ToList();
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        Requests.Enqueue(new(context.Request.Method, target, headers, await reader.ReadToEndAsync()));
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
            return;
        }
        foreach (var cookie in SetCookies)
            context.Response.Headers.Append("Set-Cookie", cookie);
        await context.Response.WriteAsync("the app");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>A request that has passed the gateway.</summary>
internal sealed record PassedRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public string? this[string header] =>
        Headers.Where(h => h.Name.Equals(header, StringComparison.OrdinalIgnoreCase)).Select(static h => h.Value).SingleOrDefault();

    /// <summary>The pairs of all Cookie headers.</summary>
    public string[] Cookies =>
        [
            .. Headers
                .Where(static h => h.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
                .SelectMany(static h => h.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ];

    /// <summary>The headers that many apps would take for one of Pawl's, in any spelling.</summary>
    public string[] Identity =>
        [
            .. Headers
                .Where(static h => h.Name.Replace('_', '-').Replace('.', '-').StartsWith("Pawl-", StringComparison.OrdinalIgnoreCase))
                .Where(static h => !h.Name.Equals(PawlDefaults.SessionHeader, StringComparison.OrdinalIgnoreCase))
                .Where(static h => h.Value.Length > 0)
                .Select(static h => $"{h.Name}: {h.Value}")
                .Order(StringComparer.Ordinal),
        ];
}
