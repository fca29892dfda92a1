using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Pawl.AspNetCore.Tests;

/// <summary>Keys are made, published, changed and revoked without anybody's verification failing, or anybody being signed out.</summary>
public sealed class KeysTests
{
    [Requirement("KEY-06")]
    [Theory]
    [InlineData("ES256", "alg,kid,use,crv,kty,x,y")]
    [InlineData("RS256", "alg,kid,use,e,kty,n")]
    public async Task The_key_set_shows_public_members_only_and_may_be_cached(string algorithm, string members)
    {
        await using var app = await TestApp.StartAsync(o => o.SigningAlgorithm = SigningAlgorithm.Find(algorithm)!);
        var ada = await app.SignInAsync("ada");
        foreach (var path in new[] { "/auth/jwks", "/.well-known/jwks.json" })
        {
            var answer = await app.SendRawAsync("GET", path);
            Assert.Equal(
                (200, "application/jwk-set+json", "public, max-age=600"),
                (answer.Status, answer["Content-Type"], answer["Cache-Control"])
            );
            var key = Assert.Single(answer.Json.GetProperty("keys").EnumerateArray());
            Assert.Equal(members, string.Join(',', key.EnumerateObject().Select(static m => m.Name)));
            Assert.Equal(AccessTokens.Header(ada.AccessToken!).GetProperty("kid").GetString(), key.GetProperty("kid").GetString());
            var again = await app.SendRawAsync("GET", path, ("If-None-Match", answer["ETag"]!));
            Assert.Equal((304, ""), (again.Status, again.Body));
            Assert.Equal(200, (await app.SendRawAsync("GET", path, ("If-None-Match", "\"another\""))).Status);
        }
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Fact]
    public async Task A_node_whose_clock_is_behind_signs_with_the_key_that_another_has_just_made()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await TestApp.StartAsync(folder: folder, clock: clock);
        await using var behind = await TestApp.StartAsync(folder: folder, clock: new TestClock(clock.GetUtcNow().AddMinutes(-2)));
        // With one of its own, its refresh tokens would be nobody's elsewhere, until the others have read the keys again.
        Assert.Single((await behind.SendRawAsync("GET", "/auth/jwks")).Json.GetProperty("keys").EnumerateArray());
        Assert.Equal(here.Service<KeyRingProvider>().Ring.RefreshTokenKey!.Id, behind.Service<KeyRingProvider>().Ring.RefreshTokenKey!.Id);
    }

    [Requirement("KEY-07")]
    [Fact]
    public async Task No_verification_fails_over_three_planned_changes_of_key()
    {
        await using var app = await TestApp.StartAsync(static o => o.SigningKeyLifetime = TimeSpan.FromDays(2));
        var keys = app.Service<KeyRingProvider>();
        var ada = await app.SignInAsync("ada");
        // A service elsewhere: it fetches the key set, and believes its copy for as long as it may.
        Microsoft.IdentityModel.Tokens.JsonWebKeySet? copy = null;
        var fetchedAt = DateTimeOffset.MinValue;
        var handler = new JsonWebTokenHandler();
        var used = new List<string>();
        var random = new Random(7);
        for (var end = app.Clock.GetUtcNow().AddDays(7); app.Clock.GetUtcNow() < end; )
        {
            if (app.Clock.GetUtcNow() - fetchedAt >= TimeSpan.FromSeconds(600))
                (copy, fetchedAt) = (
                    new Microsoft.IdentityModel.Tokens.JsonWebKeySet((await app.SendRawAsync("GET", "/auth/jwks")).Body),
                    app.Clock.GetUtcNow()
                );
            var result = await handler.ValidateTokenAsync(
                ada.AccessToken,
                new TokenValidationParameters
                {
                    ValidIssuer = "urn:pawl",
                    ValidAudience = "urn:pawl",
                    IssuerSigningKeys = copy!.GetSigningKeys(),
                    TryAllIssuerSigningKeys = false,
                    ValidateLifetime = false,
                }
            );
            Assert.True(result.IsValid, $"{app.Clock.GetUtcNow():u} {result.Exception}");
            Assert.Equal("ada", (await ada.MeAsync()).Body);
            used.Add(AccessTokens.Header(ada.AccessToken!).GetProperty("kid").GetString()!);

            app.Clock.Advance(TimeSpan.FromSeconds(random.Next(60, 300)));
            await keys.UpdateAsync(TestContext.Current.CancellationToken);
            // A token of the key before is shown as late as it can be, then replaced.
            Assert.Equal("ada", (await ada.MeAsync()).Body);
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        }
        Assert.Equal(4, used.Distinct().Count());
        // What nothing needs any more is gone: at most the key before, this one and the next are shown.
        Assert.InRange(keys.Ring.Verifying.Count, 1, 3);
    }

    [Requirement("KEY-08", "ATTACK-33")]
    [Fact]
    public async Task Tokens_of_a_revoked_key_are_refused_and_clients_recover_by_one_refresh()
    {
        using var folder = new TestFolder();
        await using var app = await TestApp.StartAsync(folder: folder, clock: new TestClock { WakesBackgroundWork = true });
        await using var other = await TestApp.StartAsync(folder: folder, clock: app.Clock);
        var ada = await app.SignInAsync("ada");
        var old = ("Authorization", $"Bearer {ada.AccessToken}");
        Assert.Equal(
            (200, 200),
            ((await app.SendRawAsync("GET", "/me", old)).Status, (await other.SendRawAsync("GET", "/me", old)).Status)
        );
        var keyId = AccessTokens.Header(ada.AccessToken!).GetProperty("kid").GetString()!;

        Assert.Equal(
            [(keyId, "ES256")],
            (await app.Service<SigningKeyManager>().ListAsync(TestContext.Current.CancellationToken)).Select(static k =>
                (k.KeyId, k.Algorithm)
            )
        );

        Assert.False(await app.Service<SigningKeyManager>().RevokeAsync("another", TestContext.Current.CancellationToken));
        Assert.True(await app.Service<SigningKeyManager>().RevokeAsync(keyId, TestContext.Current.CancellationToken));

        Assert.Equal(
            (401, "access_token_invalid"),
            ((await app.SendRawAsync("GET", "/me", old)).Status, (await app.SendRawAsync("GET", "/me", old)).Code)
        );
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.DoesNotContain(keyId, (await app.SendRawAsync("GET", "/auth/jwks")).Body, StringComparison.Ordinal);
        Assert.Single(app.Logs.OfPawl(8));
        // Another node has read the keys again after half a minute.
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        await Eventually.TrueAsync(
            async () => (await other.SendRawAsync("GET", "/me", old)).Code == "access_token_invalid",
            "The other node still honours the key."
        );
    }

    [Fact]
    public async Task After_a_restart_everything_goes_on_with_the_same_keys()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        Browser before;
        await using (var app = await TestApp.StartAsync(folder: folder, clock: clock))
            before = await app.SignInAsync("ada");
        await using var restarted = await TestApp.StartAsync(folder: folder, clock: clock);
        var ada = restarted.NewBrowser();
        (ada.Cookies[PawlDefaults.AccessCookie], ada.Cookies[PawlDefaults.RefreshCookie]) = (before.AccessToken, before.RefreshToken);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Requirement("KEY-09")]
    [Fact]
    public async Task Nodes_that_start_at_once_agree_on_one_key()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        var nodes = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => TestApp.StartAsync(folder: folder, clock: clock)))
        );
        Assert.Single(nodes.Select(static n => n.Service<KeyRingProvider>().Ring.Signing!.KeyId).Distinct());
        Assert.Equal(1, folder.Query<long>("SELECT version FROM pawl_keys"));
        var bearer = ("Authorization", $"Bearer {(await nodes[0].SignInAsync("ada")).AccessToken}");
        foreach (var node in nodes)
        {
            Assert.Equal("ada", (await node.SendRawAsync("GET", "/me", bearer)).Body);
            await node.DisposeAsync();
        }
    }
}
