using System.Net;

namespace Pawl.Client.Tests;

/// <summary>A session that is over stays over, and a program does not continue as another user.</summary>
public sealed class EndedSessionTests
{
    private static async Task<List<string?>> LogoutElsewhereAsync(ClientApp app, PawlSession session)
    {
        var reasons = new List<string?>();
        session.SignedOut += (_, ended) =>
        {
            lock (reasons)
                reasons.Add(ended.Reason);
        };
        var token = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).AccessToken;
        using var other = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        using var response = await other.PostAsync(new Uri(app.Address, "/auth/logout"), null, Stop);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return reasons;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_resource_that_says_that_the_session_has_ended_signs_out_once_even_if_the_vault_cannot_be_written(bool isReadOnly)
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FailingVault();
        var (session, client) = await app.SignInAsync(vault: vault);
        var reasons = await LogoutElsewhereAsync(app, session);
        vault.FailsToWrite = isReadOnly;
        using var first = await client.GetAsync(new Uri(app.Address, "/me"), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, first.StatusCode);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("signed_out", Assert.IsType<SignedOut>(await session.GetTokenAsync(Stop)).Reason);
            Assert.Equal("0", await client.GetStringAsync(new Uri(app.Address, "/seen"), Stop));
        }
        await Eventually.TrueAsync(() => reasons.Count > 0, "the event was raised");
        Assert.Equal(["signed_out"], reasons);
        Assert.Equal(0, app.Refreshes);
    }

    [Fact]
    public async Task A_verdict_of_a_refresh_stays_even_if_the_vault_cannot_be_written()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FailingVault();
        var (session, _) = await app.SignInAsync(vault: vault);
        await LogoutElsewhereAsync(app, session);
        vault.FailsToWrite = true;
        app.Expire();
        for (var i = 0; i < 3; i++)
            Assert.Equal("signed_out", Assert.IsType<SignedOut>(await session.GetTokenAsync(Stop)).Reason);
        Assert.Equal(1, app.Refreshes);
    }

    [Fact]
    public async Task A_sign_out_reaches_the_server_although_the_vault_cannot_be_written()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FailingVault();
        var (session, _) = await app.SignInAsync(vault: vault);
        vault.FailsToWrite = true;
        Assert.IsType<SignedOut>(await session.SignOutAsync(Stop));
        Assert.IsType<SignedOut>(await session.GetTokenAsync(Stop));
        app.Expire();
        using var restarted = app.NewSession(vault.Kept);
        Assert.Equal("signed_out", Assert.IsType<SignedOut>(await restarted.GetTokenAsync(Stop)).Reason);
    }

    [Fact]
    public async Task A_sign_out_that_neither_the_vault_nor_the_server_takes_holds_in_this_program()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FailingVault();
        var (session, _) = await app.SignInAsync(vault: vault);
        vault.FailsToWrite = true;
        app.Before = static context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        Assert.Contains("vault", Assert.IsType<Unavailable>(await session.SignOutAsync(Stop)).Problem, StringComparison.Ordinal);
        app.Before = static _ => Task.FromResult(false);
        Assert.Equal("signed_out", Assert.IsType<SignedOut>(await session.GetTokenAsync(Stop)).Reason);
        Assert.IsType<SignedOut>(await session.SignOutAsync(Stop));
        app.Expire();
        using var restarted = app.NewSession(vault.Kept);
        Assert.IsType<SignedOut>(await restarted.GetTokenAsync(Stop));
    }

    [Fact]
    public async Task A_sign_out_reaches_the_server_although_the_vault_cannot_be_read()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FailingVault();
        var (session, _) = await app.SignInAsync(vault: vault);
        vault.FailsToRead = true;
        Assert.IsType<SignedOut>(await session.SignOutAsync(Stop));
        app.Expire();
        using var restarted = app.NewSession(vault.Kept);
        Assert.Equal("signed_out", Assert.IsType<SignedOut>(await restarted.GetTokenAsync(Stop)).Reason);
    }

    [Fact]
    public async Task A_program_does_not_continue_as_another_user_whom_another_program_has_signed_in()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new MemoryTokenVault();
        var (ada, client) = await app.SignInAsync("ada", vault);
        var switches = 0;
        ada.SignedOut += (_, ended) => switches += ended.Reason == "session_switched" ? 1 : 0;
        var (eve, _) = await app.SignInAsync("eve", vault);
        app.Expire();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("session_switched", Assert.IsType<SignedOut>(await ada.GetTokenAsync(Stop)).Reason);
            Assert.Equal("0", await client.GetStringAsync(new Uri(app.Address, "/seen"), Stop));
        }
        await Eventually.TrueAsync(() => switches > 0, "the event was raised");
        // The first user's sign-out is not the second user's.
        Assert.IsType<SignedOut>(await ada.SignOutAsync(Stop));
        Assert.Equal("eve", Assert.IsType<SignedIn>(await eve.GetTokenAsync(Stop)).Subject);
        Assert.Equal("session_switched", Assert.IsType<SignedOut>(await ada.GetTokenAsync(Stop)).Reason);
        Assert.Equal(1, switches);
        Assert.Equal("ada", Assert.IsType<SignedIn>(await ada.SignInAsync("/login/ada", new StringContent(""), Stop)).Subject);
    }

    [Fact]
    public async Task A_program_continues_when_its_own_user_signs_in_again_in_another_program()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new MemoryTokenVault();
        var (first, client) = await app.SignInAsync("ada", vault);
        await LogoutElsewhereAsync(app, first);
        app.Expire();
        Assert.IsType<SignedOut>(await first.GetTokenAsync(Stop));
        await app.SignInAsync("ada", vault);
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
    }

    [Fact]
    public async Task A_sign_in_whose_tokens_cannot_be_saved_leaves_no_session_at_the_server()
    {
        await using var app = await ClientApp.StartAsync();
        var vault = new FailingVault { FailsToWrite = true };
        using var session = app.NewSession(vault);
        Assert.IsType<Unavailable>(await session.SignInAsync("/login/ada", new StringContent(""), Stop));
        vault.FailsToWrite = false;
        app.Expire();
        await vault.WriteAsync(vault.Refused, Stop);
        using var finder = app.NewSession(vault);
        Assert.Equal("signed_out", Assert.IsType<SignedOut>(await finder.GetTokenAsync(Stop)).Reason);
    }
}
