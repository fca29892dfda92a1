using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.EndToEnd.Harness;

/// <summary>
/// Stands between a browser and the server: writes down all that passes, makes go wrong what a test asks for, and has a few pages of its
/// own.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<string, Rule> _rules = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Text, string? Csp, string ContentType)> _pages = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Exchange> _log = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly bool _isHttps;

    private FaultProxy(Uri upstream, int port, bool isHttps)
    {
        Upstream = upstream;
        Port = port;
        _isHttps = isHttps;
        _client = new(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                UseProxy = false,
                // Cookies of any script's making go on as they came, byte by byte.
                RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
                ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken),
            }
        );
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .UseKestrel(options =>
            {
                options.AddServerHeader = false;
                options.Limits.MaxRequestHeadersTotalSize = 256 * 1024;
                options.ListenLocalhost(port, endpoint =>
                {
                    if (isHttps)
                        endpoint.UseHttps(LocalCertificate.Value);
                });
            });
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public int Port { get; }

    /// <summary>The origin that the browser sees.</summary>
    public Uri Origin => new($"{(_isHttps ? "https" : "http")}://localhost:{Port}");

    /// <summary>The node that requests go to from now on.</summary>
    public Uri Upstream { get; set; }

    /// <summary>By how much the server's clock seems to differ from the browser's.</summary>
    public TimeSpan DateShift { get; set; }

    /// <summary>All that has passed so far, oldest first.</summary>
    public IReadOnlyList<Exchange> Log => [.. _log];

    public static async Task<FaultProxy> StartAsync(Uri upstream, bool isHttps = false)
    {
        for (var attempt = 0; ; attempt++)
        {
            var proxy = new FaultProxy(upstream, Ports.FindFree(), isHttps);
            try
            {
                await proxy._app.StartAsync();
                return proxy;
            }
            catch (IOException) when (attempt < 5)
            {
                await proxy.DisposeAsync();
            }
        }
    }

    /// <summary>Adds a page of this origin that the server knows nothing of.</summary>
    public void AddPage(string path, string text, string? csp = null, string contentType = "text/html") =>
        _pages[path] = (text, csp, contentType);

    /// <summary>From now on this goes wrong with requests to the path, so many times; then all is well again.</summary>
    public void On(string path, Fault fault, int times = int.MaxValue) => _rules[path] = new Rule(fault, times);

    public void Heal(string path) => _rules.TryRemove(path, out _);

    /// <summary>How many requests for a path the browser has sent, whatever became of them.</summary>
    public int Count(string path) => _log.Count(e => e.Path == path);

    /// <summary>How many of them the server has heard of.</summary>
    public int CountSent(string path) => _log.Count(e => e.Path == path && e.Sent);

    public IEnumerable<Exchange> Of(string path) => _log.Where(e => e.Path == path);

    public async ValueTask DisposeAsync()
    {
        // Connections that the browser keeps open are nothing to wait for.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _client.Dispose();
    }

    // Each visitor is a client with an address of its own, as the server's limits by address take for granted.
    // All of 127.0.0.0/8 is this machine on Linux.
    private async ValueTask<Stream> ConnectAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (OperatingSystem.IsLinux())
                socket.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(Port >> 8), (byte)Port]), 0));
            await socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.ToString();
        if (_pages.TryGetValue(path, out var page))
        {
            context.Response.ContentType = page.ContentType + "; charset=utf-8";
            if (page.Csp is not null)
                context.Response.Headers.ContentSecurityPolicy = page.Csp;
            await context.Response.WriteAsync(page.Text);
            return;
        }

        var at = _watch.Elapsed;
        var call = new ProxiedCall(context, _client, Upstream) { DateShift = DateShift };
        try
        {
            if (_rules.TryGetValue(path, out var rule) && rule.TryTake())
                await rule.Fault(call);
            else
                await call.PassAsync();
        }
        catch (OperationCanceledException)
        {
            // The browser has gone.
        }
        finally
        {
            _log.Enqueue(
                new(
                    context.Request.Method,
                    path,
                    context.Request.Headers["Pawl-Session"].ToString(),
                    call.IsForwarded,
                    call.IsCut ? null : context.Response.StatusCode,
                    call.SetCookies,
                    call.Body,
                    at,
                    DeviceHeaders.Of(context.Request)
                )
            );
        }
    }

    private sealed class Rule(Fault fault, int times)
    {
        private int _left = times;

        public Fault Fault => fault;

        public bool TryTake() => Interlocked.Decrement(ref _left) >= 0;
    }
}
