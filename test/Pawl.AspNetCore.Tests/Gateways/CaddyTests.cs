namespace Pawl.AspNetCore.Tests;

/// <summary>Caddy with forward_auth.</summary>
public sealed class CaddyTests(CaddyTests.Server server) : GatewayTests(server), IClassFixture<CaddyTests.Server>
{
    /// <summary>One Caddy for all tests of the class.</summary>
    public sealed class Server : GatewayServer
    {
        internal override string? Program => CaddyServer.Program;

        internal override Task<Gateway> StartAsync(Func<string, string>? change) => Gateway.StartCaddyAsync(change);
    }
}
