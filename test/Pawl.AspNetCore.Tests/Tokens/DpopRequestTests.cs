using System.Text;
using System.Text.Json.Nodes;

namespace Pawl.AspNetCore.Tests;

/// <summary>A request with a bound access token needs a proof of its own by the session's key, which is young and new.</summary>
public sealed class DpopRequestTests
{
    private static Task<TestApp> StartAsync(TestFolder? folder = null, TestClock? clock = null) =>
        TestApp.StartAsync(DpopDevice.SetUp, folder: folder, clock: clock);

    [Requirement("POP-02")]
    [Fact]
    public async Task A_bound_token_is_refused_without_its_scheme_or_proof_and_an_unbound_one_with_them()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        var proof = device.Proof("GET", "/me", device.AccessToken);
        Assert.Equal((401, "device_proof_required"), await SeeAsync(device.SendAsync("GET", "/me", null, "Bearer")));
        Assert.Equal((401, "device_proof_required"), await SeeAsync(device.SendAsync("GET", "/me", proof, "Bearer")));
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/me", null)));
        // Nor in the cookie of a browser, which sends no proofs.
        var cookie = $"__Host-Http-pawl-access={device.AccessToken}";
        Assert.Equal((401, "device_proof_required"), await SeeAsync(app.SendRawAsync("GET", "/me", ("Cookie", cookie))));
        Assert.Equal(200, (await device.SendAsync("GET", "/me", proof)).Status);

        using var unbound = new DpopDevice(app);
        await unbound.SignInAsync("bob");
        Assert.Equal((401, "access_token_invalid"), await SeeAsync(unbound.GetAsync("/me")));
        Assert.Equal(200, (await unbound.SendAsync("GET", "/me", null, "Bearer")).Status);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_by_years_costs_one_more_request()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        static void Wrong(JsonObject header, JsonObject claims) => claims["iat"] = 1000;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var refreshed = await device.SendRefreshAsync(device.RefreshToken, device.Proof("POST", "/auth/token", change: Wrong));
        Assert.Equal(200, refreshed.Status);

        var refused = await device.SendAsync("GET", "/me", device.Proof("GET", "/me", device.AccessToken, Wrong));
        Assert.Equal((401, "use_dpop_nonce"), (refused.Status, refused.Code));
        Assert.Equal("DPoP algs=\"ES256\", error=\"use_dpop_nonce\"", refused["WWW-Authenticate"]);
        var proof = device.Proof("GET", "/me", device.AccessToken, (_, claims) =>
            (claims["iat"], claims["nonce"]) = (1000, refused["DPoP-Nonce"])
        );
        Assert.Equal(200, (await device.SendAsync("GET", "/me", proof)).Status);
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/me", proof)));
    }

    [Fact]
    public async Task A_proof_is_good_once_on_a_node_and_for_one_request()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        var proof = device.Proof("GET", "/me", device.AccessToken);
        Assert.Equal(200, (await device.SendAsync("GET", "/me", proof)).Status);
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/me", proof)));
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/claims", Again())));
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("POST", "/note", Again())));
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/me", device.Proof("POST", "/auth/token"))));
        Assert.Equal(0, app.Notes);

        string Again() => device.Proof("GET", "/me", device.AccessToken);
    }

    [Fact]
    public async Task Times_of_proofs_for_requests_are_sixty_seconds_back_and_ten_ahead()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        var now = app.Clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var (seconds, status) in new[] { (-61, 401), (-60, 200), (0, 200), (10, 200), (11, 401) })
        {
            var proof = device.Proof("GET", "/me", device.AccessToken, (_, claims) => claims["iat"] = now + seconds);
            Assert.Equal(status, (await device.SendAsync("GET", "/me", proof)).Status);
        }
    }

    [Fact]
    public async Task A_proof_of_another_key_or_token_is_refused()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        using var thief = new DpopDevice(app) { AccessToken = device.AccessToken };
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(thief.GetAsync("/me")));
        var old = device.AccessToken;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await device.RefreshAsync();
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/me", device.Proof("GET", "/me", old))));
        Assert.Equal((401, "invalid_dpop_proof"), await SeeAsync(device.SendAsync("GET", "/me", device.Proof("GET", "/me"))));
    }

    [Fact]
    public async Task Two_proofs_in_one_request_are_refused()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        var answer = await app.SendRawAsync(
            "GET",
            "/me",
            ("Authorization", $"DPoP {device.AccessToken}"),
            ("DPoP", device.Proof("GET", "/me", device.AccessToken)),
            ("DPoP", device.Proof("GET", "/me", device.AccessToken))
        );
        Assert.Equal((401, "invalid_dpop_proof"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_flood_of_proofs_makes_no_room_for_a_repeated_one()
    {
        var clock = new TestClock();
        await using var app = await StartAsync(clock: clock);
        var used = app.Service<UsedProofs>();
        var (session, now) = (new SessionId(new byte[16]), clock.GetUtcNow());
        Assert.Equal(UsedProof.IsNew, used.TryUse(session, "stolen", now, now.AddSeconds(60)));
        var accepted = Enumerable.Range(0, 100_000).Count(i => used.TryUse(session, $"{i}", now, now.AddSeconds(60)) is UsedProof.IsNew);
        Assert.Equal(8191, accepted);
        Assert.Equal(UsedProof.IsKnown, used.TryUse(session, "stolen", now, now.AddSeconds(60)));
        Assert.Equal(
            UsedProof.IsNew,
            used.TryUse(new SessionId(Encoding.ASCII.GetBytes("another session.")), "x", now, now.AddSeconds(60))
        );

        used.Forget(now.AddSeconds(60));
        Assert.Equal(UsedProof.IsKnown, used.TryUse(session, "stolen", now.AddSeconds(60), now.AddSeconds(120)));
        used.Forget(now.AddSeconds(61));
        Assert.Equal(UsedProof.IsNew, used.TryUse(session, "stolen", now.AddSeconds(61), now.AddSeconds(121)));
    }

    [Fact]
    public async Task Another_node_serves_a_bound_session_and_a_proof_for_another_host_serves_none()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var app = await StartAsync(folder, clock);
        await using var other = await StartAsync(folder, clock);
        using var device = await DpopDevice.BindAsync(app);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await device.RefreshAsync(other)).Status);
        Assert.Equal(200, (await device.SendAsync("GET", "/me", device.Proof("GET", "/me", device.AccessToken), at: other)).Status);
        // The thief's server has passed the proof on under its own name. The client chooses the Host header.
        var proof = device.Proof("GET", "/me", device.AccessToken, static (_, claims) => claims["htu"] = "https://evil.example/me");
        var answer = await app.SendRawAsync(
            "GET",
            "/me",
            ("Host", "evil.example"),
            ("Authorization", $"DPoP {device.AccessToken}"),
            ("DPoP", proof)
        );
        Assert.Equal((401, "invalid_dpop_proof"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_proof_names_the_address_that_the_client_sees_and_not_the_one_behind_the_proxy()
    {
        await using var app = await TestApp.StartAsync(static o => (o.Issuer, o.AcceptDpop) = (TestApp.Origin + "/shop", true));
        using var device = await DpopDevice.BindAsync(app);
        foreach (var (url, status) in new[] { ("https://app.example/shop/me", 200), ("http://internal:8080/me", 401) })
        {
            var answer = await app.SendRawAsync(
                "GET",
                "/me",
                ("Host", "internal:8080"),
                ("Authorization", $"DPoP {device.AccessToken}"),
                ("DPoP", device.Proof("GET", "/me", device.AccessToken, (_, claims) => claims["htu"] = url))
            );
            Assert.Equal(status, answer.Status);
        }
    }

    private static async Task<(int, string)> SeeAsync(Task<Answer> answer) => ((await answer).Status, (await answer).Code);
}
