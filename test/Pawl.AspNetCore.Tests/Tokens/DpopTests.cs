using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A session of a native client is bound to a key by its first proof (RFC 9449). From then on no stolen token is worth anything without the
/// key, and no failed proof ends the session.
/// </summary>
public sealed class DpopTests
{
    private static Task<TestApp> StartAsync(TestFolder? folder = null, TestClock? clock = null) =>
        TestApp.StartAsync(DpopDevice.SetUp, folder: folder, clock: clock);

    [Fact]
    public async Task The_first_proof_binds_a_session_and_later_refreshes_need_one_request()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);

        var claims = AccessTokens.Claims(device.AccessToken);
        Assert.Equal(device.Thumbprint, claims.GetProperty("cnf").GetProperty("jkt").GetString());
        Assert.Equal("ada", (await device.GetAsync("/me")).Body);
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(2));
            var answer = await device.SendRefreshAsync(device.RefreshToken, device.Proof("POST", "/auth/token"));
            Assert.Equal((200, "DPoP"), (answer.Status, answer.Text("token_type")));
            Assert.NotNull(answer["DPoP-Nonce"]);
            Assert.Equal(200, (await device.GetAsync("/me")).Status);
        }
        Assert.Single(app.Logs.OfPawl(95));
    }

    [Fact]
    public async Task A_nonce_is_demanded_at_the_token_endpoint_and_an_old_or_foreign_one_is_refused()
    {
        await using var app = await StartAsync();
        await using var foreign = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        using var stranger = await DpopDevice.BindAsync(foreign);
        var nonces = new[] { null, "", "x", new string('A', 28), stranger.Nonce, device.Nonce };
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        foreach (var nonce in nonces)
        {
            var proof = device.Proof("POST", "/auth/token", change: (_, claims) => Set(claims, "nonce", nonce));
            var answer = await device.SendRefreshAsync(device.RefreshToken, proof);
            // An empty nonce is no text of a nonce at all.
            var error = nonce == "" ? "invalid_dpop_proof" : "use_dpop_nonce";
            Assert.Equal((400, error, error, "no-store"), (answer.Status, answer.Text("error"), answer.Code, answer["Cache-Control"]));
            Assert.NotNull(answer["DPoP-Nonce"]);
        }
        Assert.Equal(200, (await device.RefreshAsync()).Status);
    }

    [Requirement("POP-02")]
    [Fact]
    public async Task A_stolen_refresh_token_yields_nothing_and_signs_nobody_out()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        using var thief = new DpopDevice(app) { Nonce = device.Nonce };
        var spent = device.RefreshToken;
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(200, (await device.RefreshAsync()).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(200, (await device.RefreshAsync()).Status);
        thief.Nonce = device.Nonce;
        foreach (var stolen in new[] { device.RefreshToken, spent })
        {
            foreach (var proof in new[] { null, thief.Proof("POST", "/auth/token") })
            {
                var answer = await thief.SendRefreshAsync(stolen, proof);
                Assert.Equal((400, "invalid_dpop_proof", "device_proof_required"), (answer.Status, answer.Text("error"), answer.Code));
            }
        }
        Assert.Equal(200, (await device.GetAsync("/me")).Status);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(200, (await device.RefreshAsync()).Status);
        Assert.NotEmpty(app.Logs.OfPawl(96));
    }

    [Fact]
    public async Task A_spent_token_with_the_right_proof_is_still_theft()
    {
        await using var app = await StartAsync();
        using var device = await DpopDevice.BindAsync(app);
        var spent = device.RefreshToken;
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(200, (await device.RefreshAsync()).Status);
        }
        var answer = await device.SendRefreshAsync(spent, device.Proof("POST", "/auth/token"));
        Assert.Equal((400, "session_ended", "token_reused"), (answer.Status, answer.Code, answer.Reason));
        Assert.Equal((401, "session_ended"), await SeeAsync(device.GetAsync("/me")));
    }

    // Otherwise a thief could bind a session that was never bound, and its user would be locked out without an alarm.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_thief_who_binds_a_session_first_is_found_out_by_the_owners_next_refresh(bool ownerHasKey)
    {
        await using var app = await StartAsync();
        using var owner = new DpopDevice(app);
        await owner.SignInAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        using var thief = new DpopDevice(app) { RefreshToken = owner.RefreshToken };
        Assert.Equal(200, (await thief.RefreshAsync()).Status);

        owner.Nonce = thief.Nonce;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var answer = await owner.SendRefreshAsync(owner.RefreshToken, ownerHasKey ? owner.Proof("POST", "/auth/token") : null);
        Assert.Equal((400, "session_ended", "token_reused"), (answer.Status, answer.Code, answer.Reason));
        Assert.Equal((401, "session_ended"), await SeeAsync(thief.GetAsync("/me")));
    }

    [Fact]
    public async Task Of_first_proofs_by_many_keys_at_once_at_most_one_holds_the_session()
    {
        await using var app = await StartAsync();
        using var first = new DpopDevice(app);
        await first.SignInAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await first.SendRefreshAsync("no token", first.Proof("POST", "/auth/token"));
        var devices = Enumerable.Range(0, 8).Select(_ => new DpopDevice(app) { Nonce = first.Nonce }).ToList();
        var answers = await Task.WhenAll(
            devices.Select(d => Task.Run(() => d.SendRefreshAsync(first.RefreshToken, d.Proof("POST", "/auth/token"))))
        );
        Assert.InRange(answers.Count(static a => a.Status == 200), 0, 1);
        Assert.Single(app.Logs.OfPawl(95));
        devices.ForEach(static d => d.Dispose());
    }

    [Fact]
    public async Task Signing_out_needs_no_proof()
    {
        await using var app = await StartAsync();
        foreach (var byAccessToken in new[] { true, false })
        {
            using var device = await DpopDevice.BindAsync(app);
            var form = Encoding.ASCII.GetBytes($"token={(byAccessToken ? device.AccessToken : device.RefreshToken)}");
            await app.SendRawAsync("POST", "/auth/revoke", form, ("Content-Type", "application/x-www-form-urlencoded"));
            Assert.Equal((401, "session_ended"), await SeeAsync(device.GetAsync("/me")));
            var refused = await device.RefreshAsync();
            Assert.Equal(("invalid_grant", "session_ended"), (refused.Text("error"), refused.Code));
        }
    }

    [Fact]
    public async Task Introspection_and_discovery_name_the_binding()
    {
        await using var app = await TestApp.StartAsync(static o =>
        {
            DpopDevice.SetUp(o);
            Billing.SetUp(o);
        });
        using var device = await DpopDevice.BindAsync(app);
        foreach (var (token, type) in new[] { (device.AccessToken, "DPoP"), (device.RefreshToken, "refresh_token") })
        {
            var answer = await app.IntrospectAsync($"token={token}");
            Assert.Equal(type, answer.Text("token_type"));
            Assert.Equal(device.Thumbprint, answer.Json.GetProperty("cnf").GetProperty("jkt").GetString());
        }
        var discovered = await app.SendRawAsync("GET", "/.well-known/oauth-authorization-server");
        Assert.Equal("ES256", discovered.Json.GetProperty("dpop_signing_alg_values_supported")[0].GetString());
    }

    [Fact]
    public async Task Without_the_option_proofs_bind_nothing_and_a_bound_session_still_needs_them()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var on = await StartAsync(folder, clock);
        using var bound = await DpopDevice.BindAsync(on);
        await using var off = await TestApp.StartAsync(static o => o.Issuer = TestApp.Origin, folder: folder, clock: clock);
        using var device = new DpopDevice(off);
        await device.SignInAsync("bob");
        clock.Advance(TimeSpan.FromMinutes(1));
        var answer = await device.RefreshAsync();
        Assert.Equal((200, "Bearer"), (answer.Status, answer.Text("token_type")));
        var discovered = await off.SendRawAsync("GET", "/.well-known/oauth-authorization-server");
        Assert.False(discovered.Json.TryGetProperty("dpop_signing_alg_values_supported", out _));

        Assert.Equal("device_proof_required", (await bound.SendRefreshAsync(bound.RefreshToken, null, off)).Code);
        Assert.Equal(200, (await bound.RefreshAsync(off)).Status);
        Assert.Equal((401, "device_proof_required"), await SeeAsync(bound.SendAsync("GET", "/me", null, "Bearer", off)));
    }

    // The response to the binding may be lost, and the option be set on some nodes only.
    [Fact]
    public async Task Without_the_option_an_old_nonce_beside_a_token_from_before_the_binding_ends_nothing()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var on = await StartAsync(folder, clock);
        await using var off = await TestApp.StartAsync(static o => o.Issuer = TestApp.Origin, folder: folder, clock: clock);
        using var device = new DpopDevice(on);
        await device.SignInAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        var first = device.RefreshToken;
        Assert.Equal(200, (await device.RefreshAsync()).Status);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(
            "use_dpop_nonce",
            (await device.SendRefreshAsync(first, device.Proof("POST", "/auth/token", withNonce: false), off)).Code
        );
        Assert.Equal(200, (await device.SendRefreshAsync(first, device.Proof("POST", "/auth/token"), off)).Status);
    }

    [Fact]
    public async Task A_client_without_a_key_is_served_as_before_and_costs_no_more_calls_of_the_store()
    {
        await using var app = await StartAsync();
        using var device = new DpopDevice(app);
        await device.SignInAsync();
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        app.Store.Forget();
        var answer = await device.SendRefreshAsync(device.RefreshToken, null);
        Assert.Equal((200, "Bearer", null), (answer.Status, answer.Text("token_type"), answer["DPoP-Nonce"]));
        Assert.Equal(["Rotate"], app.Store.Calls);
        Assert.False(AccessTokens.Claims(device.AccessToken).TryGetProperty("cnf", out _));
    }

    [Fact]
    public async Task An_issuer_that_is_no_URL_is_refused_at_start()
    {
        var failure = await Assert.ThrowsAnyAsync<OptionsValidationException>(static () =>
            TestApp.StartAsync(static o => o.AcceptDpop = true)
        );
        Assert.Contains("AcceptDpop needs the public URL", failure.Message, StringComparison.Ordinal);
    }

    private static void Set(JsonObject claims, string name, string? value)
    {
        claims.Remove(name);
        if (value is not null)
            claims[name] = value;
    }

    private static async Task<(int, string)> SeeAsync(Task<Answer> answer) => ((await answer).Status, (await answer).Code);
}
