namespace Pawl.Client.Tests;

/// <summary>The key is in the vault before the server can know it, so no crash leaves a bound session without its key.</summary>
public sealed class BindingCrashTests
{
    private static void Bind(PawlSessionOptions options) => options.UseDpop();

    private static async Task<FailingVault> SignInUnboundAsync(ClientApp app)
    {
        var vault = new FailingVault();
        await app.SignInAsync(vault: vault);
        app.Expire();
        return vault;
    }

    // As a restart reads it, without the objects of the program that has died.
    private static async Task<MemoryTokenVault> RestoreAsync(FailingVault vault)
    {
        var restored = new MemoryTokenVault();
        await restored.WriteAsync(SessionTokens.FromBytes((await vault.Kept.ReadAsync(Stop))!.ToBytes()), Stop);
        return restored;
    }

    [Fact]
    public async Task A_program_that_dies_after_the_server_has_bound_the_session_finds_its_key()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var vault = await SignInUnboundAsync(app);
        using var dying = app.NewSession(vault, configure: Bind);
        app.Before = context =>
        {
            // The refresh that binds: the key has been saved, and nothing else will be.
            vault.FailsToWrite |= context.Request.Path == "/auth/token" && ClientApp.ProofOf(context).TryGetProperty("nonce", out _);
            return Task.FromResult(false);
        };
        Assert.NotNull(Assert.IsType<SignedIn>(await dying.GetTokenAsync(Stop)).VaultProblem);
        Assert.Equal(1, await app.CountBoundAsync("ada"));

        for (var i = 0; i < 2; i++)
        {
            using var restarted = app.NewSession(await RestoreAsync(vault), configure: Bind);
            using var client = ClientApp.NewClient(restarted);
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
            Assert.True(Assert.IsType<SignedIn>(await restarted.GetTokenAsync(Stop)).IsBound);
            app.Expire();
        }
    }

    [Fact]
    public async Task A_program_that_dies_before_the_refresh_that_binds_goes_on_with_the_saved_key()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var vault = await SignInUnboundAsync(app);
        app.Before = static context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "1");
            return Task.FromResult(true);
        };
        using (var dying = app.NewSession(vault, configure: Bind))
            Assert.IsType<Unavailable>(await dying.GetTokenAsync(Stop));
        var saved = (await vault.Kept.ReadAsync(Stop))!;
        Assert.False(saved.IsBound);

        app.Before = static _ => Task.FromResult(false);
        var restored = await RestoreAsync(vault);
        // A key that the server may know stays in use without UseDpop, too.
        using var restarted = app.NewSession(restored);
        Assert.True(Assert.IsType<SignedIn>(await restarted.GetTokenAsync(Stop)).IsBound);
        Assert.Equal(saved.Key!.Thumbprint, (await restored.ReadAsync(Stop))!.Key!.Thumbprint);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_written_leaves_the_session_unbound_until_it_can()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var vault = await SignInUnboundAsync(app);
        vault.FailsToWrite = true;
        using var session = app.NewSession(vault, configure: Bind);
        for (var i = 0; i < 3; i++)
        {
            var unbound = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
            Assert.False(unbound.IsBound);
            Assert.NotNull(unbound.VaultProblem);
            app.Expire();
        }
        Assert.Equal(0, await app.CountBoundAsync("ada"));

        vault.FailsToWrite = false;
        Assert.True(Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).IsBound);
    }

    [Fact]
    public async Task A_bound_session_survives_a_vault_that_can_no_longer_be_written()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var vault = new FailingVault();
        var (session, client) = await app.SignInAsync(vault: vault, configure: Bind);
        vault.FailsToWrite = true;
        for (var i = 0; i < 3; i++)
        {
            app.Expire();
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        }
        session.Dispose();
        using var restarted = app.NewSession(await RestoreAsync(vault), configure: Bind);
        Assert.True(Assert.IsType<SignedIn>(await restarted.GetTokenAsync(Stop)).IsBound);
    }

    [Fact]
    public async Task A_program_without_the_lock_of_the_file_does_not_bind_the_session()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        var file = new FileTokenVault(app.File("tokens"));
        await app.SignInAsync(vault: file);
        app.Expire();
        if (OperatingSystem.IsWindows())
            Assert.Skip("The folder is made read-only by its mode.");
        File.Delete(app.File("tokens.lock"));
        Directory.CreateDirectory(app.File("tokens.lock"));
        using (var session = app.NewSession(file, configure: Bind))
            Assert.False(Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).IsBound);
        Directory.Delete(app.File("tokens.lock"));
        app.Expire();
        using (var session = app.NewSession(file, configure: Bind))
            Assert.True(Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).IsBound);
    }
}
