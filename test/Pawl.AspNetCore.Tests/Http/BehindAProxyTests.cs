using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>The advice of operations.md on reverse proxies, with a real nginx and the framework's forwarded headers.</summary>
public sealed class BehindAProxyTests
{
    private static readonly Login s_sixtyGroups = new("ada")
    {
        Roles = [.. Enumerable.Range(0, 60).Select(static n => new Guid(n, 7, 7, new byte[8]).ToString())],
    };

    [Requirement("HTTP-08")]
    [Fact]
    public async Task Sixty_group_claims_pass_the_documented_nginx()
    {
        Assert.SkipUnless(NginxServer.Program is not null, "nginx is not installed.");
        await using var app = await StartAsync();
        using var nginx = await NginxServer.StartAsync(app.Address, DocumentedLines());
        using var client = nginx.NewClient();
        var ada = new Browser(client, app.Clock, nginx.Address);

        await ada.SignInAsync("ada", s_sixtyGroups);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        // Older browsers send only Origin. It has to match the host that the app sees, with its port.
        using var note = new HttpRequestMessage(HttpMethod.Post, new Uri(nginx.Address, "/note"));
        note.Headers.TryAddWithoutValidation("Cookie", ada.Cookies.Header);
        note.Headers.Add("Origin", nginx.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(note, TestContext.Current.CancellationToken)).StatusCode);

        var warning = Assert.Single(app.Logs.OfPawl(20));
        Assert.Matches(@"about [45],\d{3} bytes of headers; the access token is 3,\d{3} of them", warning.Message);
        Assert.Contains("proxy_buffer_size 16k; proxy_buffers 4 16k;", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nginx_without_the_buffers_answers_502_to_what_the_log_warns_of()
    {
        Assert.SkipUnless(NginxServer.Program is not null, "nginx is not installed.");
        await using var app = await StartAsync();
        var lines = DocumentedLines().Split('\n').Where(static line => !line.Contains("proxy_buffer", StringComparison.Ordinal));
        using var nginx = await NginxServer.StartAsync(app.Address, string.Join('\n', lines));
        using var client = nginx.NewClient();

        Assert.Equal(502, (await new Browser(client, app.Clock, nginx.Address).PostAsync("/login", s_sixtyGroups)).Status);
        Assert.Single(app.Logs.OfPawl(20));
        Assert.Contains("upstream sent too big header", nginx.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4100)]
    [InlineData(8100)]
    [InlineData(8300)]
    public async Task Nginx_takes_8_KB_of_cookies_by_default(int length)
    {
        Assert.SkipUnless(NginxServer.Program is not null, "nginx is not installed.");
        await using var app = await StartAsync();
        using var nginx = await NginxServer.StartAsync(app.Address, DocumentedLines());
        using var client = nginx.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(nginx.Address, "/open"));
        request.Headers.TryAddWithoutValidation("Cookie", "a=" + new string('x', length));

        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(length < 8192 ? HttpStatusCode.OK : HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_response_that_proxies_take_is_not_warned_of_and_a_large_one_only_once()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        await ada.RefreshAsync();
        Assert.Empty(app.Logs.OfPawl(20));

        await ada.SignInAsync("ada", s_sixtyGroups);
        await ada.RefreshAsync();
        Assert.Single(app.Logs.OfPawl(20));
    }

    [Theory]
    [InlineData("https://app.example:8443", "https://app.example:443")]
    [InlineData("https://app.example", null)]
    [InlineData("https://auth.example:8443", null)]
    [InlineData("urn:pawl", null)]
    public async Task A_port_or_scheme_that_the_proxy_has_lost_is_warned_of_once(string issuer, string? seen)
    {
        await using var app = await TestApp.StartAsync(o => o.Issuer = issuer);
        for (var i = 0; i < 2; i++)
            Assert.Equal(200, (await app.SendRawAsync("GET", "/.well-known/openid-configuration")).Status);
        Assert.Equal(
            seen is null ? [] : [$"The issuer is {issuer}, but a request to its host arrived as {seen}."],
            app.Logs.OfPawl(33).Select(static e => e.Message[..(e.Message.IndexOf(". ", StringComparison.Ordinal) + 1)])
        );
    }

    [Theory]
    [InlineData(1, "10.0.0.2")]
    [InlineData(2, "203.0.113.9")]
    public async Task Behind_two_proxies_ForwardLimit_decides_whose_address_the_app_sees(int limit, string address)
    {
        await using var app = await StartAsync(options =>
        {
            options.ForwardLimit = limit;
            options.KnownProxies.Add(IPAddress.Parse("10.0.0.2"));
        });
        using var client = app.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/address");
        // The outer proxy, 10.0.0.2, sends the first part; the inner one, on this machine, adds the second.
        request.Headers.Add("X-Forwarded-For", "203.0.113.9, 10.0.0.2");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal($"https {address}", (await Answer.ReadAsync(response)).Body);
    }

    private static Task<TestApp> StartAsync(Action<ForwardedHeadersOptions>? more = null) =>
        TestApp.StartAsync(
            kestrel: true,
            services: services =>
                services.Configure<ForwardedHeadersOptions>(options =>
                {
                    options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
                    more?.Invoke(options);
                }),
            map: static app =>
            {
                app.UseForwardedHeaders();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/address", static (HttpContext context) => $"{context.Request.Scheme} {context.Connection.RemoteIpAddress}");
            }
        );

    [Requirement("HTTP-13")]
    [Fact]
    public async Task The_documented_nginx_keeps_the_port_in_discovery()
    {
        Assert.SkipUnless(NginxServer.Program is not null, "nginx is not installed.");
        await using var app = await StartAsync();
        using var nginx = await NginxServer.StartAsync(app.Address, DocumentedLines());
        using var client = nginx.NewClient();
        var answer = await new Browser(client, app.Clock, nginx.Address).GetAsync("/.well-known/openid-configuration");
        Assert.Equal($"https://localhost:{nginx.Port}/auth/jwks", answer.Text("jwks_uri"));
        Assert.Equal(
            200,
            (await new Browser(client, app.Clock, nginx.Address).GetAsync(new Uri(answer.Text("jwks_uri")!).PathAndQuery)).Status
        );
    }

    private static string DocumentedLines()
    {
        var page = SourceTree.Read("docs/operations.md");
        const string Fence = "```nginx\n";
        var start = page.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        Assert.True(start > Fence.Length, "operations.md shows no lines for nginx.");
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
