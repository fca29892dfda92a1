namespace Pawl.AspNetCore.Tests;

/// <summary>Refreshes that race each other sign nobody out; one that races a logout brings nothing back to life.</summary>
public sealed class RefreshRaceTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(40);

    private const int Racers = 64;

    [Requirement("RT-04", "RT-06", "ATTACK-20")]
    [Fact]
    public async Task Sixty_four_parallel_refreshes_are_all_answered_and_move_the_session_once()
    {
        await using var app = await TestApp.StartAsync(kestrel: true);
        var ada = app.NewBrowser($"http://{app.Address.Authority}");
        await ada.SignInAsync("ada");
        for (var round = 1; round <= 5; round++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(4));
            var racers = Enumerable.Range(0, Racers).Select(_ => ada.Copy()).ToList();
            var answers = await Task.WhenAll(racers.Select(static r => Task.Run(r.RefreshAsync)));

            Assert.All(answers, static a => Assert.Equal(200, a.Status));
            Assert.Equal(round, app.Folder.Query<long>("SELECT head_generation FROM pawl_sessions"));
            foreach (var racer in racers)
                Assert.Equal("ada", (await racer.MeAsync()).Body);
            // The browser's jar holds what came last: any of them.
            ada = racers[Random.Shared.Next(Racers)];
        }
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_endings"));
        Assert.Empty(app.Logs.Exceptions);
    }

    [Requirement("RT-06")]
    [Fact]
    public async Task Young_tokens_that_race_are_all_kept()
    {
        await using var app = await TestApp.StartAsync(kestrel: true);
        var ada = app.NewBrowser($"http://{app.Address.Authority}");
        await ada.SignInAsync("ada");
        var racers = Enumerable.Range(0, Racers).Select(_ => ada.Copy()).ToList();
        var answers = await Task.WhenAll(racers.Select(static r => Task.Run(r.RefreshAsync)));
        Assert.All(answers, static a => Assert.Equal((200, 3), (a.Status, a.SetCookies.Count)));
        Assert.Equal(0, app.Folder.Query<long>("SELECT head_generation FROM pawl_sessions"));
    }

    [Requirement("RT-04", "RT-05")]
    [Fact]
    public async Task Of_two_siblings_that_race_one_goes_on_and_then_both_are_out()
    {
        await using var app = await TestApp.StartAsync();
        for (var round = 0; round < 30; round++)
        {
            var ada = await app.SignInAsync("ada");
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            var thief = ada.Copy();
            await Task.WhenAll(ada.RefreshAsync(), thief.RefreshAsync());
            app.Clock.Advance(TimeSpan.FromMinutes(1));

            var answers = await Task.WhenAll(Task.Run(ada.RefreshAsync), Task.Run(thief.RefreshAsync));

            Assert.Contains(answers, static a => a.Reason == "token_reused");
            Assert.Equal(("session_ended", "session_ended"), ((await ada.MeAsync()).Code, (await thief.MeAsync()).Code));
        }
    }

    [Requirement("RT-14")]
    [Fact]
    public async Task A_logout_that_races_a_refresh_leaves_no_token_alive()
    {
        await using var app = await TestApp.StartAsync();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1000),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
            async (round, _) =>
            {
                var ada = await app.SignInAsync("ada");
                var (refreshing, leaving) = (ada.Copy(), ada.Copy());
                // The clock runs on, so some tokens are young and some are settled when they are raced.
                if (round % 2 == 0)
                    app.Clock.Advance(TimeSpan.FromSeconds(1));
                var refresh = Task.Run(refreshing.RefreshAsync, CancellationToken.None);
                var logout = Task.Run(() => leaving.LogoutAsync(round % 3 == 0 ? "current" : null), CancellationToken.None);
                await Task.WhenAll(refresh, logout);

                Assert.Equal(204, (await logout).Status);
                foreach (var browser in new[] { ada, refreshing })
                {
                    // An hour's worth of racing rounds has passed on the clock by the end, so a token may have expired instead.
                    Assert.Contains((await browser.MeAsync()).Code, s_dead);
                    Assert.Equal("session_ended", (await browser.RefreshAsync()).Code);
                }
            }
        );
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
        Assert.Equal(1000, app.Folder.Query<long>("SELECT count(*) FROM pawl_endings"));
    }

    private static readonly string[] s_dead = ["session_ended", "access_token_expired"];

    [Requirement("RT-06", "RT-08")]
    [Theory]
    [InlineData(9, 401, "session_ended")]
    [InlineData(11, 503, "store_unavailable")]
    public async Task A_request_that_waited_long_for_the_store_is_no_evidence_of_theft(int seconds, int status, string code)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(Settled);
        await ada.RefreshAsync();
        app.Clock.Advance(Settled);
        var late = ada.Copy();
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        app.Clock.Advance(Settled);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);

        // As where the network between node and store is cut, and a client that gave up has gone on with another node.
        app.Store.Before = call =>
        {
            if (call == "Find")
                app.Clock.Advance(TimeSpan.FromSeconds(seconds));
            return Task.CompletedTask;
        };
        var answer = await late.RefreshAsync();
        app.Store.Before = null;

        Assert.Equal((status, code), (answer.Status, answer.Code));
        if (status == 503)
        {
            Assert.Equal("1", answer["Retry-After"]);
            app.Clock.Advance(Settled);
            Assert.Equal(200, (await ada.RefreshAsync()).Status);
        }
        // Asked again, it is what it is.
        Assert.Equal("token_reused", (await late.RefreshAsync()).Reason);
    }
}
