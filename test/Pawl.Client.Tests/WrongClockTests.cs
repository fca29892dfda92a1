namespace Pawl.Client.Tests;

/// <summary>The age of a token is the greater of what two clocks say, and a clock that is set costs one refresh at most.</summary>
public sealed class WrongClockTests
{
    private static async Task<(ClientApp App, TwoClocks Clock, PawlSession Session)> StartAsync()
    {
        var app = await ClientApp.StartAsync();
        var clock = new TwoClocks(app.Clock.GetUtcNow());
        var (session, _) = await app.SignInAsync(time: clock);
        return (app, clock, session);
    }

    private static async Task AskAsync(PawlSession session)
    {
        for (var i = 0; i < 20; i++)
            Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-1, 0)]
    public async Task A_wall_clock_that_is_set_by_a_day_costs_at_most_one_refresh(int days, int refreshes)
    {
        var (app, clock, session) = await StartAsync();
        clock.SetWall(TimeSpan.FromDays(days));
        await AskAsync(session);
        Assert.Equal(refreshes, app.Refreshes);
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_does_not_make_a_token_younger()
    {
        var (app, clock, session) = await StartAsync();
        clock.SetWall(TimeSpan.FromDays(-1));
        clock.Advance(TimeSpan.FromMinutes(6));
        await AskAsync(session);
        Assert.Equal(1, app.Refreshes);
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_token_gets_older_while_the_machine_sleeps()
    {
        var (app, clock, session) = await StartAsync();
        clock.SetWall(TimeSpan.FromMinutes(6));
        await AskAsync(session);
        Assert.Equal(1, app.Refreshes);
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_a_day_wrong_costs_at_most_one_refresh(int days)
    {
        await using var app = await ClientApp.StartAsync();
        var clock = new TwoClocks(app.Clock.GetUtcNow().AddDays(days));
        var (session, client) = await app.SignInAsync(vault: new FileTokenVault(app.File("tokens")), time: clock);
        for (var i = 0; i < 20; i++)
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal(0, app.Refreshes);
        // The clock is set right in the middle of a token's life, and a second process starts.
        using var second = app.NewSession(new FileTokenVault(app.File("tokens")));
        await AskAsync(second);
        Assert.Equal(1, app.Refreshes);
        session.Dispose();
    }
}
