using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>A service checks the proofs of bound access tokens as the server does, for its own URL.</summary>
public sealed class ResourceProofTests
{
    private const string Url = "https://billing.example.com";

    private static async Task<(TestApp App, ResourceApp Service, DpopDevice Device)> StartAsync(string url = Url)
    {
        var app = await TestApp.StartAsync(static o =>
        {
            DpopDevice.SetUp(o);
            Billing.SetUp(o);
        });
        var service = await ResourceApp.StartAsync(
            app,
            configure: o => (o.Issuer, o.AcceptDpop, o.PublicUrl, o.UnavailableAfter) = (null, true, url, TimeSpan.FromHours(1)),
            map: static service => service.MapGet("/pay", static () => "paid").RequireDpopNonce()
        );
        return (app, service, await DpopDevice.BindAsync(app));
    }

    private static string Proof(DpopDevice device, string path = "/who", Action<JsonObject>? change = null, string url = Url) =>
        device.Proof("GET", path, device.AccessToken, (_, claims) =>
        {
            claims["htu"] = url + path;
            change?.Invoke(claims);
        });

    private static async Task<(int Status, string? Code)> AskAsync(
        ResourceApp service,
        string token,
        string? proof,
        string scheme = "DPoP",
        string path = "/who"
    )
    {
        (string, string)[] headers = [("Authorization", $"{scheme} {token}"), .. proof is null ? [] : new[] { ("DPoP", proof) }];
        var answer = await service.AskAsync(null, path, headers);
        return (answer.Status, answer.Status == 200 ? null : answer.Code);
    }

    [Fact]
    public async Task A_bound_token_is_accepted_with_a_proof_for_this_service_once()
    {
        var (app, service, device) = await StartAsync();
        var proof = Proof(device);
        Assert.Equal((200, null), await AskAsync(service, device.AccessToken, proof));
        Assert.Equal((401, "invalid_dpop_proof"), await AskAsync(service, device.AccessToken, proof));
        Assert.Equal((200, null), await AskAsync(service, device.AccessToken, Proof(device, change: c => c["htu"] = Url + ":443/who?a=b")));
        await DisposeAsync(app, service, device);
    }

    [Fact]
    public async Task A_proof_for_another_service_or_by_another_key_and_none_at_all_are_refused()
    {
        var (app, service, device) = await StartAsync();
        using var thief = await DpopDevice.BindAsync(app, "bob");
        (thief.AccessToken, var own) = (device.AccessToken, thief.AccessToken);
        foreach (
            var proof in new[]
            {
                Proof(device, url: TestApp.Origin),
                Proof(device, url: "https://localhost"),
                Proof(device, "/admin"),
                Proof(device, change: static c => c["htm"] = "POST"),
                Proof(device, change: static c => c.Remove("ath")),
                Proof(thief),
                "",
            }
        )
            Assert.Equal((401, "invalid_dpop_proof"), await AskAsync(service, device.AccessToken, proof));
        Assert.Equal((401, "invalid_dpop_proof"), await AskAsync(service, device.AccessToken, null));
        foreach (var proof in new[] { null, Proof(device) })
            Assert.Equal((401, "device_proof_required"), await AskAsync(service, device.AccessToken, proof, "Bearer"));
        Assert.Equal((401, "invalid_dpop_proof"), await AskAsync(service, own, Proof(device)));

        using var unbound = new DpopDevice(app);
        await unbound.SignInAsync();
        Assert.Equal((401, "access_token_invalid"), await AskAsync(service, unbound.AccessToken, Proof(unbound)));
        Assert.Equal((200, null), await AskAsync(service, unbound.AccessToken, null, "Bearer"));
        Assert.Equal((200, null), await AskAsync(service, device.AccessToken, Proof(device)));
        await DisposeAsync(app, service, device);
    }

    [Fact]
    public async Task Every_node_of_the_service_accepts_its_nonces_and_no_other_does()
    {
        var (app, service, device) = await StartAsync();
        await using var other = await ResourceApp.StartAsync(app, configure: static o =>
            (o.Issuer, o.AcceptDpop, o.PublicUrl) = (null, true, Url)
        );
        string Old(string? nonce) => Proof(device, change: c => (c["iat"], c["nonce"]) = (1000, nonce));

        var refused = await service.AskAsync(
            null,
            "/who",
            ("Authorization", $"DPoP {device.AccessToken}"),
            ("DPoP", Proof(device, change: static c => c["iat"] = 1000))
        );
        Assert.Equal((401, "use_dpop_nonce"), (refused.Status, refused.Code));
        foreach (var node in new[] { service, other })
            Assert.Equal((200, null), await AskAsync(node, device.AccessToken, Old(refused["DPoP-Nonce"])));
        // That of the server, whose key this service does not have.
        Assert.Equal((401, "use_dpop_nonce"), await AskAsync(service, device.AccessToken, Old(device.Nonce)));
        await DisposeAsync(app, service, device);
    }

    [Fact]
    public async Task An_endpoint_of_the_service_may_demand_a_nonce()
    {
        var (app, service, device) = await StartAsync();
        (string, string)[] headers = [("Authorization", $"DPoP {device.AccessToken}"), ("DPoP", Proof(device, "/pay"))];
        var refused = await service.AskAsync(null, "/pay", headers);
        Assert.Equal((401, "use_dpop_nonce"), (refused.Status, refused.Code));
        var proof = Proof(device, "/pay", c => c["nonce"] = refused["DPoP-Nonce"]);
        Assert.Equal((200, null), await AskAsync(service, device.AccessToken, proof, path: "/pay"));
        await DisposeAsync(app, service, device);
    }

    [Fact]
    public async Task The_path_that_a_proxy_removes_is_part_of_the_url()
    {
        var (app, service, device) = await StartAsync("https://example.com/billing");
        Assert.Equal((200, null), await AskAsync(service, device.AccessToken, Proof(device, url: "https://example.com/billing")));
        await DisposeAsync(app, service, device);
    }

    [Fact]
    public async Task An_ended_session_is_refused_with_a_good_proof()
    {
        var (app, service, device) = await StartAsync();
        var form = Encoding.ASCII.GetBytes($"token={device.RefreshToken}");
        await app.SendRawAsync("POST", "/auth/revoke", form, ("Content-Type", "application/x-www-form-urlencoded"));
        await Eventually.TrueAsync(
            async () => await AskAsync(service, device.AccessToken, Proof(device)) == (401, "session_ended"),
            "the service knows that the session has ended"
        );
        await DisposeAsync(app, service, device);
    }

    private static async Task DisposeAsync(TestApp app, ResourceApp service, DpopDevice device)
    {
        device.Dispose();
        await service.DisposeAsync();
        await app.DisposeAsync();
    }
}
