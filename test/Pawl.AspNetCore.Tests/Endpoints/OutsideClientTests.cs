using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Third-party OAuth clients from npm find everything by discovery and do the refresh grant, revocation and introspection. So does Node's
/// own fetch, which sends Sec-Fetch-Mode as browsers do.
/// </summary>
public sealed class OutsideClientTests
{
    [Requirement("HTTP-04", "HTTP-13", "RT-13")]
    [Fact]
    public async Task Third_party_clients_refresh_introspect_and_sign_out_by_the_standards()
    {
        await NodeClients.RequireAsync();
        // The verifier uses the machine's clock.
        var clock = new TestClock(DateTimeOffset.UtcNow);
        await using var app = await TestApp.StartAsync(
            static o =>
            {
                o.Issuer = "https://auth.example";
                Billing.SetUp(o);
            },
            map: app => app.MapPost("/later", () => clock.Advance(TimeSpan.FromMinutes(1))),
            clock: clock,
            kestrel: true
        );

        var (exitCode, output) = await NodeClients.RunAsync(
            "node",
            "clients.mjs",
            app.Address.ToString().TrimEnd('/'),
            "https://auth.example",
            Billing.Name,
            Billing.Secret
        );

        var seen = output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(["oauth4webapi", "openid-client", "fetch of Node"], seen.Select(static s => s.GetProperty("client").GetString()!));
        const string expected = """{"rotated":true,"name":"ada","active":true,"ended":true,"refused":"invalid_grant"}""";
        Assert.All(seen, static s => Assert.Equal(expected, Without(s, "client")));
        Assert.Equal(0, exitCode);
    }

    [Requirement("POP-01", "POP-02")]
    [Fact]
    public async Task Third_party_clients_bind_their_session_to_a_key()
    {
        await NodeClients.RequireAsync();
        var clock = new TestClock(DateTimeOffset.UtcNow);
        await using var app = await TestApp.StartAsync(
            static o => (o.Issuer, o.AcceptDpop) = ("https://auth.example", true),
            map: app => app.MapPost("/later", () => clock.Advance(TimeSpan.FromMinutes(1))),
            clock: clock,
            kestrel: true
        );

        var (exitCode, output) = await NodeClients.RunAsync("node", "dpop.mjs", $"{app.Address}".TrimEnd('/'), "https://auth.example");

        var seen = output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(["oauth4webapi", "openid-client"], seen.Select(static s => s.GetProperty("client").GetString()!));
        // The nonce costs the first refresh of a client a second request, and no later one.
        const string expected =
            """{"types":["dpop","dpop","dpop"],"binding":2,"refreshing":1,"name":"ada","""
            + "\"bearer\":\"device_proof_required\",\"stolen\":\"device_proof_required\"}";
        Assert.All(seen, static s => Assert.Equal(expected, Without(s, "client")));
        Assert.Equal(0, exitCode);
    }

    private static string Without(JsonElement seen, string member) =>
        JsonSerializer.Serialize(seen.EnumerateObject().Where(m => m.Name != member).ToDictionary(static m => m.Name, static m => m.Value));
}
