namespace Pawl.AspNetCore.Tests;

/// <summary>nginx with auth_request.</summary>
public sealed class NginxTests(NginxTests.Server server) : GatewayTests(server), IClassFixture<NginxTests.Server>
{
    [Fact]
    public async Task A_client_cannot_reach_the_location_of_the_question()
    {
        var gateway = server.Begin();
        foreach (var path in new[] { "/_pawl/verify", "/_pawl/%76erify", "/x/../_pawl/verify" })
            Assert.StartsWith("HTTP/1.1 404", await gateway.SendRawAsync($"GET {path} HTTP/1.1"));
    }

    [Fact]
    public async Task More_cookies_of_Pawl_than_a_browser_has_leave_the_app_none()
    {
        var gateway = server.Begin();
        var ada = await gateway.SignInAsync("ada");
        var cookies = string.Concat(Enumerable.Range(0, 9).Select(static n => $"; a{n}=1; __Host-pawl-{n}=2"));
        await gateway.SendRawAsync("GET / HTTP/1.1", $"Cookie: {PawlDefaults.AccessCookie}={ada.AccessToken}{cookies}");
        Assert.Null(gateway.Upstream.TakeOnly()["Cookie"]);
    }

    /// <summary>One nginx for all tests of the class.</summary>
    public sealed class Server : GatewayServer
    {
        internal override string? Program => NginxServer.Program;

        internal override Task<Gateway> StartAsync(Func<string, string>? change) => Gateway.StartNginxAsync(change);
    }
}
