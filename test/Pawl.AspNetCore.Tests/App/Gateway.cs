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

    /// <summary>Trusts the gateway's certificate alone.</summary>
    public Func<SocketsHttpHandler> NewHandler { get; }

    /// <summary>Starts the gateway of a section of the page.</summary>
    /// <param name="change">Changes its lines.</param>
    public static async Task<Gateway> StartNginxAsync(Func<string, string>? change = null)
    {
        var pawl = await StartPawlAsync();
        var upstream = await GatewayUpstream.StartAsync();
        var lines = Addressed(DocumentationPages.ReadBlock("docs/integrations.md", "nginx"), pawl, upstream);
        var nginx = await NginxServer.StartAsync(change?.Invoke(lines) ?? lines);
        return new(pawl, upstream, nginx, nginx.Address, nginx.NewHandler);
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
        await using var stream = new SslStream(socket.GetStream());
        using var handler = NewHandler();
        handler.SslOptions.TargetHost = Address.Host;
        await stream.AuthenticateAsClientAsync(handler.SslOptions);
        string[] all = [.. lines, $"Host: {Address.Authority}", "Connection: close", "", ""];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", all)));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private static string Addressed(string lines, TestApp pawl, GatewayUpstream upstream)
    {
        foreach (var (port, at) in new[] { ("127.0.0.1:5080", pawl.Address), ("127.0.0.1:3000", upstream.Address) })
        {
            Assert.Contains(port, lines, StringComparison.Ordinal);
            lines = lines.Replace(port, at.Authority, StringComparison.Ordinal);
        }
        return lines;
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
