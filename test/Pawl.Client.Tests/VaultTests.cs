using System.Text;

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

    [Theory]
    [InlineData("{\"version\":1,", "damaged")]
    [InlineData("", "damaged")]
    [InlineData("{\"version\":7}", "format 7")]
    public async Task A_file_that_cannot_be_used_is_said_and_left_as_it_is(string content, string said)
    {
        await using var app = await ClientApp.StartAsync();
        await WriteAsync(app.File("tokens"), Encoding.UTF8.GetBytes(content));
        using var session = app.NewSession(new FileTokenVault(app.File("tokens")));
        Assert.Contains(said, Assert.IsType<Unavailable>(await session.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(app.File("tokens"), Stop));
        Assert.IsType<SignedIn>(await session.SignInAsync("/login/ada", new StringContent(""), Stop));
    }

    [Fact]
    public async Task A_file_of_another_account_or_another_server_is_refused_and_its_token_is_not_sent()
    {
        await using var app = await ClientApp.StartAsync();
        await using var other = await ClientApp.StartAsync();
        var file = new FileTokenVault(app.File("tokens"));
        await app.SignInAsync(vault: file);
        app.Expire();
        using var account = app.NewSession(file, account: "work");
        Assert.Contains("another account", Assert.IsType<Unavailable>(await account.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
        using var server = other.NewSession(file);
        Assert.Contains("holds a session of", Assert.IsType<Unavailable>(await server.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
        Assert.Equal(0, app.Refreshes + other.Refreshes);
    }

    private sealed class ReadOnlyVault : ITokenVault
    {
        public MemoryTokenVault Kept { get; } = new();

        public bool IsReadOnly { get; set; }

        public ValueTask<SessionTokens?> ReadAsync(CancellationToken cancellationToken) => Kept.ReadAsync(cancellationToken);

        public ValueTask WriteAsync(SessionTokens? tokens, CancellationToken cancellationToken) =>
            IsReadOnly ? throw new IOException("secret text of the app") : Kept.WriteAsync(tokens, cancellationToken);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_written_loses_nothing_however_long_it_lasts()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new ReadOnlyVault();
        var (session, client) = await app.SignInAsync(vault: vault);
        vault.IsReadOnly = true;
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

    private static async Task WriteAsync(string path, byte[] bytes)
    {
        await File.WriteAllBytesAsync(path, bytes);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
