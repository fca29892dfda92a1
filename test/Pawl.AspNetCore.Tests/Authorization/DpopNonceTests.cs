using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Pawl.AspNetCore.Tests;

/// <summary>An endpoint may demand a nonce, so that no proof that was made in advance is good there.</summary>
public sealed class DpopNonceTests
{
    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(DpopDevice.SetUp, map: static app => app.MapGet("/pay", static () => "paid").RequireDpopNonce());

    [Fact]
    public async Task A_proof_without_a_nonce_is_refused_and_each_response_has_the_next_one()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        Assert.Equal("ada", (await device.GetAsync("/me")).Body);

        var refused = await device.GetAsync("/pay");
        Assert.Equal((401, "use_dpop_nonce", "no-store"), (refused.Status, refused.Code, refused["Cache-Control"]));
        Assert.Equal("DPoP algs=\"ES256\", error=\"use_dpop_nonce\"", refused["WWW-Authenticate"]);
        for (var i = 0; i < 3; i++)
        {
            var nonce = device.Nonce;
            app.Clock.Advance(TimeSpan.FromMinutes(1.2));
            Assert.Equal("paid", (await PayAsync(device)).Body);
            Assert.NotEqual(nonce, device.Nonce);
        }
    }

    [Fact]
    public async Task An_old_nonce_and_a_repeated_proof_are_refused()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        var proof = NewProof(device);
        Assert.Equal(200, (await device.SendAsync("GET", "/pay", proof)).Status);
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/pay", proof)));

        var old = NewProof(device);
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await device.RefreshAsync();
        var again = device.Proof("GET", "/pay", device.AccessToken, (_, claims) => claims["nonce"] = Nonce(old));
        Assert.Equal((401, "use_dpop_nonce"), await SeeAsync(device.SendAsync("GET", "/pay", again)));
    }

    [Fact]
    public async Task A_request_without_a_proof_is_refused_whoever_makes_it()
    {
        await using var app = await StartAsync();
        var browser = await app.SignInAsync("ada");
        Assert.Equal((403, "device_binding_required"), await SeeAsync(browser.GetAsync("/pay")));
        using var unbound = new DpopDevice(app);
        await unbound.SignInAsync();
        Assert.Equal((403, "device_binding_required"), await SeeAsync(unbound.SendAsync("GET", "/pay", null, "Bearer")));
        Assert.Equal(401, (await app.SendRawAsync("GET", "/pay")).Status);
    }

    private static Task<Answer> PayAsync(DpopDevice device) => device.SendAsync("GET", "/pay", NewProof(device));

    private static string NewProof(DpopDevice device) =>
        device.Proof("GET", "/pay", device.AccessToken, (_, claims) => claims["nonce"] = device.Nonce);

    private static string Nonce(string proof) => AccessTokens.Claims(proof).GetProperty("nonce").GetString()!;

    private static async Task<(int, string?)> SeeAsync(Task<Answer> answer)
    {
        var seen = await answer;
        return (seen.Status, seen.Code);
    }
}
