using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Pawl.Client.Tests;

/// <summary>A session is bound to a key of the device. Its tokens are worth nothing without that key.</summary>
public sealed class BoundSessionTests
{
    private static void Bind(PawlSessionOptions options) => options.UseDpop();

    private static Task<string> GetMeAsync(ClientApp app, HttpClient client) => client.GetStringAsync(new Uri(app.Address, "/me"), Stop);

    private static async Task<SignedIn> SignedInAsync(PawlSession session) => Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));

    [Fact]
    public async Task A_sign_in_binds_the_session_and_every_request_has_a_proof_of_its_own()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (session, client) = await app.SignInAsync(configure: Bind);
        var proofs = new List<string>();
        app.Before = context =>
        {
            proofs.Add(context.Request.Headers["DPoP"].ToString());
            Assert.StartsWith("DPoP eyJ", context.Request.Headers.Authorization.ToString(), StringComparison.Ordinal);
            return Task.FromResult(false);
        };

        Assert.True((await SignedInAsync(session)).IsBound);
        Assert.Null((await SignedInAsync(session)).BindingProblem);
        for (var i = 0; i < 3; i++)
            Assert.Equal("ada", await GetMeAsync(app, client));

        Assert.Equal(3, proofs.Distinct().Count());
        Assert.Equal(1, await app.CountBoundAsync("ada"));
    }

    [Fact]
    public async Task Two_hundred_callers_share_the_refresh_that_binds_an_existing_session()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var vault = new MemoryTokenVault();
        await app.SignInAsync(vault: vault);
        app.Expire();
        using var session = app.NewSession(vault, configure: Bind);
        using var client = ClientApp.NewClient(session);

        var users = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => GetMeAsync(app, client)));

        Assert.All(users, static user => Assert.Equal("ada", user));
        Assert.Equal(1, await app.CountBoundAsync("ada"));
        // One for the nonce, one that binds.
        Assert.Equal(2, app.Refreshes);
        Assert.True((await SignedInAsync(session)).IsBound);
    }

    [Fact]
    public async Task A_bound_session_goes_on_through_restarts_and_refreshes()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var file = new FileTokenVault(app.File("tokens"));
        await app.SignInAsync(vault: file, configure: Bind);
        for (var i = 0; i < 4; i++)
        {
            app.Expire();
            // The second half of the programs no longer calls UseDpop. The session stays bound.
            using var session = app.NewSession(file, configure: i < 2 ? Bind : null);
            using var client = ClientApp.NewClient(session);
            Assert.Equal("ada", await GetMeAsync(app, client));
            Assert.True((await SignedInAsync(session)).IsBound);
        }
        Assert.Equal(1, await app.CountBoundAsync("ada"));
    }

    [Fact]
    public async Task Two_accounts_have_two_keys()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (vaults, keys) = (new[] { new MemoryTokenVault(), new MemoryTokenVault() }, new HashSet<string>());
        foreach (var (vault, user) in vaults.Zip(["ada", "bob"]))
        {
            var (session, client) = await app.SignInAsync(user, vault, configure: Bind);
            Assert.Equal(user, await GetMeAsync(app, client));
            keys.Add((await vault.ReadAsync(Stop))!.Key!.Thumbprint);
            session.Dispose();
        }
        Assert.Equal(2, keys.Count);
    }

    [Fact]
    public async Task A_stolen_vault_without_the_key_of_the_platform_opens_nothing_and_the_owner_is_undisturbed()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        using var key = new PlatformKey();
        var file = new FileTokenVault(app.File("tokens"));
        var (session, client) = await app.SignInAsync(vault: file, configure: options => options.UseDpop(key));
        var stolen = await File.ReadAllBytesAsync(app.File("tokens"), Stop);
        using var other = new PlatformKey();
        var record = JsonNode.Parse(stolen)!.AsObject();
        (record["version"], record["bound"]) = (1, false);

        foreach (var configure in new Action<PawlSessionOptions>?[] { null, Bind, options => options.UseDpop(other) })
        {
            foreach (var tokens in new[] { stolen, Encoding.UTF8.GetBytes(record.ToJsonString()) })
            {
                File.Delete(app.File("stolen"));
                await new FileTokenVault(app.File("stolen")).WriteAsync(SessionTokens.FromBytes(tokens), Stop);
                var clock = new FakeTimeProvider(app.Clock.GetUtcNow().AddMinutes(6)); // The access token has expired.
                using var thief = app.NewSession(new FileTokenVault(app.File("stolen")), clock, configure: configure);
                var result = thief.GetTokenAsync(Stop).AsTask();
                await Eventually.TrueAsync(
                    () =>
                    {
                        clock.Advance(TimeSpan.FromSeconds(1));
                        return result.IsCompleted;
                    },
                    "the thief has tried"
                );
                Assert.IsType<Unavailable>(await result);
            }
        }
        using var plain = new HttpClient();
        var stolenToken = (await SignedInAsync(session)).AccessToken;
        foreach (var scheme in new[] { "Bearer", "DPoP" })
        {
            plain.DefaultRequestHeaders.Authorization = new(scheme, stolenToken);
            Assert.Equal(HttpStatusCode.Unauthorized, (await plain.GetAsync(new Uri(app.Address, "/me"), Stop)).StatusCode);
        }

        Assert.Equal("ada", await GetMeAsync(app, client));
        app.Expire();
        Assert.Equal("ada", await GetMeAsync(app, client));
        Assert.Equal(SignedOutReason, await session.SignOutAsync(Stop) is SignedOut ended ? ended.Reason : null);
    }

    private const string SignedOutReason = "signed_out";

    [Fact]
    public async Task A_session_can_be_signed_out_without_its_key()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        using var key = new PlatformKey();
        var vault = new MemoryTokenVault();
        await app.SignInAsync(vault: vault, configure: options => options.UseDpop(key));
        using var restored = app.NewSession(await CopyAsync(vault), configure: Bind);
        Assert.Contains("bound to a key", Assert.IsType<Unavailable>(await restored.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
        Assert.IsType<SignedOut>(await restored.SignOutAsync(Stop));
        Assert.Equal(0, await app.CountBoundAsync("ada"));
    }

    [Fact]
    public async Task Another_user_signs_in_over_a_session_whose_key_is_lost()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        using var key = new PlatformKey();
        var vault = new MemoryTokenVault();
        await app.SignInAsync(vault: vault, configure: options => options.UseDpop(key));
        var (_, client) = await app.SignInAsync("bob", await CopyAsync(vault), configure: Bind);
        Assert.Equal("bob", await GetMeAsync(app, client));
        Assert.Equal((0, 1), (await app.CountBoundAsync("ada"), await app.CountBoundAsync("bob")));
    }

    [Fact]
    public async Task A_token_for_a_library_that_sends_it_as_Bearer_is_refused_in_a_sentence()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var (session, _) = await app.SignInAsync(configure: Bind);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => session.GetAccessTokenAsync(Stop));
        Assert.Contains("bound to a key", refused.Message, StringComparison.Ordinal);
    }

    // As a restart reads it, without the objects of the program.
    private static async Task<MemoryTokenVault> CopyAsync(MemoryTokenVault vault)
    {
        var copy = new MemoryTokenVault();
        await copy.WriteAsync(SessionTokens.FromBytes((await vault.ReadAsync(Stop))!.ToBytes()), Stop);
        return copy;
    }
}
