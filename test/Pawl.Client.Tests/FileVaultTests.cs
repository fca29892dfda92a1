using System.Text;

namespace Pawl.Client.Tests;

/// <summary>What other processes and the file system can do to a vault in a file.</summary>
public sealed class FileVaultTests
{
    [Fact]
    public async Task A_lock_that_no_wait_can_bring_is_not_waited_for()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FileTokenVault(app.File("tokens"));
        File.CreateSymbolicLink(app.File("tokens.lock"), "tokens.lock"); // A loop: opening it fails each time.
        Assert.Null(await vault.LockAsync(Stop));
        var (session, _) = await app.SignInAsync(vault: vault);
        app.Expire();
        Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
    }

    [Fact]
    public async Task A_lock_that_another_process_holds_is_waited_for()
    {
        await using var app = await ClientApp.StartAsync();
        var (one, other) = (new FileTokenVault(app.File("tokens")), new FileTokenVault(app.File("tokens")));
        var held = await one.LockAsync(Stop);
        Assert.NotNull(held);
        var waiting = other.LockAsync(Stop).AsTask();
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        using var next = await waiting;
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Processes_that_write_at_the_same_time_without_a_lock_all_succeed()
    {
        await using var app = await ClientApp.StartAsync();
        var (session, _) = await app.SignInAsync(vault: new FileTokenVault(app.File("tokens")));
        var tokens = await new FileTokenVault(app.File("tokens")).ReadAsync(Stop);
        await Parallel.ForAsync(0, 200, Stop, async (_, stop) => await new FileTokenVault(app.File("tokens")).WriteAsync(tokens, stop));
        Assert.Equal(["tokens", "tokens.lock"], Names(app));
        session.Dispose();
    }

    [Fact]
    public async Task What_a_killed_process_has_left_is_removed_and_what_another_one_writes_now_is_not()
    {
        await using var app = await ClientApp.StartAsync();
        await File.WriteAllTextAsync(app.File("tokens.AA.tmp"), "left", Stop);
        await File.WriteAllTextAsync(app.File("tokens.BB.tmp"), "being written", Stop);
        File.SetLastWriteTimeUtc(app.File("tokens.AA.tmp"), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-2));
        await app.SignInAsync(vault: new FileTokenVault(app.File("tokens")));
        Assert.Equal(["tokens", "tokens.BB.tmp", "tokens.lock"], Names(app));
    }

    [Fact]
    public async Task A_file_that_other_users_may_read_is_said_and_its_token_is_not_sent()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        await using var app = await ClientApp.StartAsync();
        var vault = new FileTokenVault(app.File("tokens"));
        await app.SignInAsync(vault: vault);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(app.File("tokens"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        app.Expire();
        using var session = app.NewSession(vault);
        Assert.Contains("chmod 600", Assert.IsType<Unavailable>(await session.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
        Assert.Equal(0, app.Refreshes);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_said_at_the_sign_in()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/sys is a folder of Linux.");
        await using var app = await ClientApp.StartAsync();
        using var session = app.NewSession(new FileTokenVault("/sys/pawl/tokens"));
        Assert.IsType<SignedOut>(await session.GetTokenAsync(Stop));
        var fault = Assert.IsType<Unavailable>(await session.SignInAsync("/login/ada", new StringContent(""), Stop));
        Assert.Contains("/sys/pawl/tokens cannot be written", fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"version\":1,", "damaged")]
    [InlineData("", "damaged")]
    [InlineData("null", "damaged")]
    [InlineData("\0\0\0\0", "damaged")]
    [InlineData("{\"version\":7}", "format 7")]
    public async Task A_file_that_cannot_be_used_is_said_and_left_as_it_is(string content, string said)
    {
        await using var app = await ClientApp.StartAsync();
        await File.WriteAllBytesAsync(app.File("tokens"), Encoding.UTF8.GetBytes(content), Stop);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(app.File("tokens"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var session = app.NewSession(new FileTokenVault(app.File("tokens")));
        Assert.Contains(said, Assert.IsType<Unavailable>(await session.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
        Assert.Contains(said, Assert.IsType<Unavailable>(await session.SignOutAsync(Stop)).Problem, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(app.File("tokens"), Stop));
        Assert.IsType<SignedIn>(await session.SignInAsync("/login/ada", new StringContent(""), Stop));
    }

    [Fact]
    public async Task A_file_of_another_account_or_another_server_is_refused_and_its_session_lives_on()
    {
        await using var app = await ClientApp.StartAsync();
        await using var other = await ClientApp.StartAsync();
        var file = new FileTokenVault(app.File("tokens"));
        var (owner, _) = await app.SignInAsync(vault: file);
        app.Expire();
        using var account = app.NewSession(file, account: "work");
        using var server = other.NewSession(file);
        foreach (var (session, said) in new[] { (account, "another account"), (server, "holds a session of") })
        {
            Assert.Contains(said, Assert.IsType<Unavailable>(await session.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
            var signIn = await session.SignInAsync("/login/eve", new StringContent(""), Stop);
            Assert.Contains(said, Assert.IsType<Unavailable>(signIn).Problem, StringComparison.Ordinal);
            Assert.Contains(said, Assert.IsType<Unavailable>(await session.SignOutAsync(Stop)).Problem, StringComparison.Ordinal);
        }
        Assert.Equal(0, app.Refreshes + other.Refreshes);
        Assert.Equal("ada", Assert.IsType<SignedIn>(await owner.GetTokenAsync(Stop)).Subject);
    }

    private static string[] Names(ClientApp app) =>
        [
            .. Directory
                .EnumerateFiles(Path.GetDirectoryName(app.File("tokens"))!, "tokens*")
                .Select(static path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];
}
