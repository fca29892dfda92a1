using System.Net.WebSockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>samples/Yarp: cookies in, a bearer token out, to a service with plain AddJwtBearer.</summary>
public sealed class YarpSampleTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly List<(string? Authorization, string? Cookie)> _passed = [];
    private WebApplication _service = null!;
    private SampleServer _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var port = Ports.FindFree();
        _service = StartService($"http://localhost:{port}");
        await _service.StartAsync();
        var address = _service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        File.Copy(Path.Combine(SourceTree.Root, "samples/Yarp/appsettings.json"), Path.Combine(_folder.Path, "appsettings.json"));
        _gateway = await SampleServer.StartAsync(
            _folder.Path,
            Path.Combine(AppContext.BaseDirectory, "YarpSample.dll"),
            arguments:
            [
                "--urls",
                $"http://localhost:{port}",
                "--Pawl:Issuer",
                $"http://localhost:{port}",
                "--ReverseProxy:Clusters:orders:Destinations:first:Address",
                address,
            ]
        );
        _client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    }

    [Fact]
    public async Task The_service_gets_the_access_token_in_the_place_of_the_cookies()
    {
        var ada = await SignInAsync();
        ada.Cookies["theme"] = "dark";

        Assert.Equal("ada customer", (await ada.GetAsync("/orders/1")).Body);
        Assert.Equal((Bearer(ada), null), _passed[^1]);

        // Two credentials are refused, and a token of the client's own is checked.
        Assert.Equal("ambiguous_credentials", (await ada.PostAsync("/orders/1", null, ("Authorization", "Bearer x"))).Code);
        Assert.Equal(401, (await NewBrowser().GetAsync("/orders/1")).Status);
        Assert.Equal(401, (await NewBrowser().GetAsync("/orders/1", ("Authorization", "Basic YWRhOmFkYQ=="))).Status);
        Assert.Single(_passed);
    }

    [Fact]
    public async Task A_page_that_is_refreshed_on_the_way_sends_the_new_token()
    {
        var ada = await SignInAsync();
        ada.Cookies[PawlDefaults.AccessCookie] = null;
        Assert.Equal("access_token_expired", (await ada.GetAsync("/orders/1")).Code);

        Assert.Equal("ada customer", (await ada.OpenAsync("/orders/1")).Body);

        Assert.Equal((Bearer(ada), null), _passed.Single());
    }

    [Fact]
    public async Task A_request_of_another_site_does_not_reach_the_service()
    {
        var ada = await SignInAsync();
        using var foreign = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway.Address, "/orders/1"));
        foreign.Headers.Add("Cookie", ada.Cookies.Header);
        foreign.Headers.Add("Sec-Fetch-Site", "same-site");
        using var refused = await _client.SendAsync(foreign, TestContext.Current.CancellationToken);
        Assert.Equal("csrf_rejected", (await Answer.ReadAsync(refused)).Code);
        Assert.Equal(403, await ConnectAsync(ada, "http://evil.localhost"));
        Assert.Empty(_passed);
        Assert.Equal(101, await ConnectAsync(ada, _gateway.Address.GetLeftPart(UriPartial.Authority)));
        Assert.Equal((Bearer(ada), null), _passed.Single());
    }

    [Fact]
    public async Task After_a_sign_out_no_request_passes()
    {
        var ada = await SignInAsync();
        var thief = ada.Copy();
        Assert.Equal(204, (await ada.LogoutAsync()).Status);
        Assert.Equal("session_ended", (await thief.GetAsync("/orders/1")).Code);
        Assert.Empty(_passed);
    }

    private WebApplication StartService(string issuer)
    {
        var builder = TestApp.NewBuilder(kestrel: true);
        builder
            .Services.AddAuthentication()
            .AddJwtBearer(options =>
                (options.Authority, options.Audience, options.RequireHttpsMetadata, options.MapInboundClaims) = (
                    issuer,
                    "orders",
                    false,
                    false
                )
            );
        builder.Services.AddAuthorization();
        var service = builder.Build();
        service.UseWebSockets();
        service
            .Map("/orders/{id}", async (HttpContext context, ClaimsPrincipal user) =>
            {
                lock (_passed)
                    _passed.Add((context.Request.Headers.Authorization, context.Request.Headers.Cookie));
                context.Response.Headers.SetCookie = $"{PawlDefaults.AccessCookie}=evil; Path=/; Secure; HttpOnly";
                if (context.WebSockets.IsWebSocketRequest)
                    (await context.WebSockets.AcceptWebSocketAsync()).Dispose();
                else
                    await context.Response.WriteAsync($"{user.FindFirstValue("sub")} {user.FindFirstValue("roles")}");
            })
            .RequireAuthorization();
        return service;
    }

    private Browser NewBrowser() => new(_client, TimeProvider.System, _gateway.Address);

    private async Task<Browser> SignInAsync()
    {
        var browser = NewBrowser();
        Assert.Equal(200, (await browser.PostAsync("/login", new { name = "ada" })).Status);
        return browser;
    }

    private static string Bearer(Browser browser) => "Bearer " + browser.AccessToken;

    private async Task<int> ConnectAsync(Browser browser, string origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", browser.Cookies.Header);
        socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{_gateway.Address.Authority}/orders/1"), TestContext.Current.CancellationToken);
        }
        catch (WebSocketException)
        {
            // The status says why.
        }
        return (int)socket.HttpStatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _gateway.Dispose();
        await _service.DisposeAsync();
        _folder.Dispose();
    }
}
