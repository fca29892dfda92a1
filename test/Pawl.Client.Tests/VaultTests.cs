namespace Pawl.Client.Tests;

public sealed class VaultTests
{
    [Fact]
    public async Task A_restart_continues_the_session_from_a_file_of_its_owner_alone()
    {
        await using var app = await ClientApp.StartAsync();
        var file = new FileTokenVault(app.File("deep/tokens"));
        var (first, _) = await app.SignInAsync(vault: file);
        first.Dispose();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(app.File("deep/tokens")));
        app.Expire();
        using var second = app.NewSession(file);
        Assert.IsType<SignedIn>(await second.GetTokenAsync(Stop));
        Assert.Equal(1, app.Refreshes);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_written_loses_nothing_however_long_it_lasts()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FailingVault();
        var (session, client) = await app.SignInAsync(vault: vault);
        vault.FailsToWrite = true;
        for (var i = 1; i <= 5; i++)
        {
            app.Expire();
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
            var problem = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).VaultProblem;
            Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
            Assert.Equal(i, app.Refreshes);
        }
        using var restarted = app.NewSession(vault.Kept);
        Assert.IsType<SignedIn>(await restarted.GetTokenAsync(Stop));
    }

    [Fact]
    public async Task No_token_and_no_user_is_in_what_results_and_tokens_print()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new MemoryTokenVault();
        var (session, _) = await app.SignInAsync("ada@example.com", vault);
        var printed = $"{await session.GetTokenAsync(Stop)} {await vault.ReadAsync(Stop)} {session}";
        Assert.DoesNotContain("eyJ", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("pawl_r1", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_tokens_are_saved_before_any_request_has_them()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new SlowVault();
        var (session, client) = await app.SignInAsync(vault: vault);
        var before = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
        vault.Saved = new TaskCompletionSource();
        app.Clock.Advance(TimeSpan.FromSeconds(275)); // A refresh is due, and the token is still valid.
        Assert.Same(before, await session.GetTokenAsync(Stop));
        await vault.Writing.Task.WaitAsync(Stop);
        Assert.Equal(1, app.Refreshes);
        Assert.Same(before, await session.GetTokenAsync(Stop));
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        vault.Saved.SetResult();
        await Eventually.TrueAsync(async () => await session.GetTokenAsync(Stop) != before, "the saved token is used");
        Assert.Equal(1, app.Refreshes);
    }

    private sealed class SlowVault : ITokenVault
    {
        private readonly MemoryTokenVault _kept = new();

        public TaskCompletionSource Writing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource? Saved { get; set; }

        public ValueTask<SessionTokens?> ReadAsync(CancellationToken cancellationToken) => _kept.ReadAsync(cancellationToken);

        public async ValueTask WriteAsync(SessionTokens? tokens, CancellationToken cancellationToken)
        {
            if (Saved is { } saved)
            {
                Writing.TrySetResult();
                await saved.Task;
            }
            await _kept.WriteAsync(tokens, cancellationToken);
        }
    }

    [Fact]
    public async Task A_process_that_dies_between_the_response_and_the_save_loses_nothing()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new MemoryTokenVault();
        await app.SignInAsync(vault: vault);
        var saved = await vault.ReadAsync(Stop);
        for (var i = 1; i <= 5; i++)
        {
            app.Expire();
            using var dying = app.NewSession(new MemoryTokenVault());
            Assert.IsType<SignedIn>(await dying.AdoptAsync(saved!, Stop));
            Assert.IsType<SignedIn>(await dying.GetTokenAsync(Stop)); // Its new tokens are lost with it.
            Assert.Equal(i, app.Refreshes);
        }
        using var restarted = app.NewSession(vault);
        Assert.IsType<SignedIn>(await restarted.GetTokenAsync(Stop));
    }
}
