using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>A gateway as docs/integrations.md shows it, with Pawl and an app behind it.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly IDisposable _server;

    private Gateway(TestApp pawl, GatewayUpstream upstream, IDisposable server, Uri address, Func<SocketsHttpHandler> newHandler) =>
        (Pawl, Upstream, _server, Address, NewHandler, Client) = (pawl, upstream, server, address, newHandler, new(newHandler()));

    public TestApp Pawl { get; }

    public GatewayUpstream Upstream { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Where its pages are.</summary>
    public string Origin => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Trusts the gateway's certificate alone.</summary>
    public Func<SocketsHttpHandler> NewHandler { get; }

    public static async Task<Gateway> StartNginxAsync(Func<string, string>? change = null)
    {
        var (pawl, upstream) = (await StartPawlAsync(), await GatewayUpstream.StartAsync());
        var nginx = await NginxServer.StartAsync(Read("nginx", change, pawl, upstream));
        return new(pawl, upstream, nginx, nginx.Address, nginx.NewHandler);
    }

    public static async Task<Gateway> StartCaddyAsync(Func<string, string>? change = null)
    {
        var (pawl, upstream) = (await StartPawlAsync(), await GatewayUpstream.StartAsync());
        var caddy = await CaddyServer.StartAsync(Read("caddyfile", change, pawl, upstream));
        return new(pawl, upstream, caddy, caddy.Address, CaddyServer.NewHandler);
    }

    public Browser NewBrowser() => new(Client, Pawl.Clock, Address);

    public async Task<Browser> SignInAsync(string name, Login? login = null)
    {
        var browser = NewBrowser();
        await browser.SignInAsync(name, login);
        return browser;
    }

    /// <summary>Sends the characters of a request, which no client would send like that. Returns the response.</summary>
    public async Task<string> SendRawAsync(params string[] lines)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        await using var stream = await SecureAsync(socket.GetStream());
        string[] all = [.. lines, $"Host: {Address.Authority}", "Connection: close", "", ""];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", all)));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private async Task<Stream> SecureAsync(Stream plain)
    {
        if (Address.Scheme == Uri.UriSchemeHttp)
            return plain;
        using var handler = NewHandler();
        handler.SslOptions.TargetHost = Address.Host;
        var stream = new SslStream(plain);
        await stream.AuthenticateAsClientAsync(handler.SslOptions);
        return stream;
    }

    // The lines of the page, with the ports of this test.
    private static string Read(string language, Func<string, string>? change, TestApp pawl, GatewayUpstream upstream)
    {
        var lines = DocumentationPages.ReadBlock("docs/integrations.md", language);
        foreach (var (port, at) in new[] { ("127.0.0.1:5080", pawl.Address), ("127.0.0.1:3000", upstream.Address) })
        {
            Assert.Contains(port, lines, StringComparison.Ordinal);
            lines = lines.Replace(port, at.Authority, StringComparison.Ordinal);
        }
        return change?.Invoke(lines) ?? lines;
    }

    private static Task<TestApp> StartPawlAsync() =>
        TestApp.StartAsync(
            static pawl => pawl.LoginPath = "/login",
            kestrel: true,
            services: static services =>
                services.Configure<ForwardedHeadersOptions>(static options =>
                    options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto
                ),
            map: static app =>
            {
                app.UseForwardedHeaders();
                app.UseAuthentication();
                app.UseAuthorization();
            }
        );

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _server.Dispose();
        await Upstream.DisposeAsync();
        await Pawl.DisposeAsync();
    }
}
