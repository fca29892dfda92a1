namespace Pawl.AspNetCore.Tests;

/// <summary>Ending the other sessions of a user, by the user or by an administrator.</summary>
public sealed class SigningOthersOutTests
{
    [Requirement("SES-04")]
    [Fact]
    public async Task Others_ends_the_others_and_leaves_this_one_and_other_users_alone()
    {
        await using var app = await TestApp.StartAsync();
        var (laptop, phone, tablet) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var bob = await app.SignInAsync("bob");

        var answer = await laptop.LogoutAsync("others");

        Assert.Equal((204, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal(("ada", "bob"), ((await laptop.MeAsync()).Body, (await bob.MeAsync()).Body));
        Answer[] refused = [await phone.MeAsync(), await tablet.MeAsync(), await phone.RefreshAsync()];
        Assert.All(refused, static answer => Assert.Equal("session_ended", answer.Code));
    }

    [Requirement("SES-03", "SES-04")]
    [Fact]
    public async Task Everywhere_ends_them_all_with_an_expired_access_token_too()
    {
        await using var app = await TestApp.StartAsync();
        var (laptop, phone, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(laptop.AccessToken);

        var answer = await laptop.LogoutAsync("everywhere");

        Assert.Equal((204, 5), (answer.Status, answer.SetCookies.Count(static c => c.IsDeletion)));
        Assert.Equal("revoked", (await phone.RefreshAsync()).Reason);
        Assert.Equal(200, (await bob.RefreshAsync()).Status);
    }

    [Theory]
    [InlineData("others")]
    [InlineData("everywhere")]
    public async Task Only_a_live_session_may_end_others(string scope)
    {
        await using var app = await TestApp.StartAsync();
        var (stolen, phone) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        await stolen.Copy().LogoutAsync();

        Assert.Equal((401, "session_ended"), ((await stolen.LogoutAsync(scope)).Status, (await stolen.LogoutAsync(scope)).Code));
        Assert.Equal("authentication_required", (await app.NewBrowser().LogoutAsync(scope)).Code);
        Assert.Equal("ada", (await phone.MeAsync()).Body);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    public async Task Past_its_timeout_a_session_may_not_end_others_either(int secondsPast)
    {
        await using var app = await TestApp.StartAsync(static o => o.IdleTimeout = TimeSpan.FromHours(1));
        var ada = await app.SignInAsync("ada");
        var forgotten = app.NewBrowser();
        forgotten.Cookies[PawlDefaults.RefreshCookie] = ada.RefreshToken;
        forgotten.Cookies[PawlDefaults.SessionCookie] = ada.Cookies[PawlDefaults.SessionCookie];
        app.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(secondsPast));
        var phone = await app.SignInAsync("ada");

        var answer = await forgotten.LogoutAsync("others");

        Assert.Equal(secondsPast < 0 ? 204 : 401, answer.Status);
        Assert.Equal(secondsPast < 0 ? "session_ended" : "200 without a code", (await phone.MeAsync()).Code);
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task An_administrator_ends_a_session_a_user_and_hears_of_it()
    {
        var ended = new List<SessionEndedContext>();
        await using var app = await TestApp.StartAsync(o =>
            o.Events.OnSessionEnded = context =>
            {
                ended.Add(context);
                return Task.CompletedTask;
            }
        );
        var (laptop, phone, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        var manager = app.Service<SessionManager>();
        Assert.True(SessionId.TryParse(laptop.Sid, out var id));

        Assert.True(await manager.EndAsync(id, cancellationToken: TestContext.Current.CancellationToken));
        Assert.False(await manager.EndAsync(id, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("revoked", (await laptop.MeAsync()).Reason);
        Assert.Equal(
            1,
            await manager.EndAllForUserAsync(
                "ada",
                reason: SessionEndReason.UserDisabled,
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
        Assert.Equal("user_disabled", (await phone.MeAsync()).Reason);
        Assert.Equal("bob", (await bob.MeAsync()).Body);
        Assert.Equal(
            [(laptop.Sid, SessionEndReason.Revoked), (phone.Sid, SessionEndReason.UserDisabled)],
            ended.Select(static e => (e.SessionId.ToString(), e.Reason))
        );
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task Everywhere_can_be_asked_for_again_after_the_store_has_failed_half_way()
    {
        await using var app = await TestApp.StartAsync();
        var (here, there) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var bearer = ("Authorization", $"Bearer {here.AccessToken}");
        app.Store.Before = static call =>
            call is "EndAll after a step" ? throw new StoreUnavailableException("The test has cut the store off.") : Task.CompletedTask;

        Assert.Equal("store_unavailable", (await here.LogoutAsync("everywhere")).Code);
        Assert.Equal("revoked", (await there.RefreshAsync()).Reason);
        Assert.Equal("ada", (await here.MeAsync()).Body);

        app.Store.Before = null;
        Assert.Equal(204, (await here.LogoutAsync("everywhere")).Status);
        Assert.Equal("signed_out", (await app.SendRawAsync("GET", "/me", bearer)).Reason);
    }

    [Requirement("SES-04")]
    [Fact]
    public async Task A_handler_that_fails_keeps_no_session_alive()
    {
        await using var app = await TestApp.StartAsync(static o =>
            o.Events.OnSessionEnded = static _ => throw new InvalidOperationException("The app's own fault.")
        );
        var browsers = new List<Browser>();
        for (var i = 0; i < 10; i++)
            browsers.Add(await app.SignInAsync("ada"));
        var requests = browsers.ConvertAll(static b => ("Authorization", $"Bearer {b.AccessToken}"));

        var sessions = app.Service<SessionManager>();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            sessions.EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken)
        );

        foreach (var bearer in requests)
            Assert.Equal("session_ended", (await app.NewBrowser().GetAsync("/me", bearer)).Code);
    }
}
