using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>A refresh that the server has done, and whose answer never arrives, costs nobody the session.</summary>
public sealed class LostAnswers(World world) : BrowserTest(world)
{
    [Requirement("RT-08")]
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_refresh_whose_answer_is_lost_is_asked_for_again(int losses)
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await Health.MoveOnAsync(visitor, tab);
        visitor.Proxy.On(Tab.Refresh, Faults.DropAnswer, losses);
        await tab.LapseAsync();

        Assert.Equal(200, (await tab.FetchAsync()).Status);

        Assert.Equal(losses, visitor.Proxy.Of(Tab.Refresh).Count(static e => e.Sent && e.Status is null));
        await Health.CheckAsync(visitor, tab);
    }

    [Requirement("RT-08")]
    [Fact]
    public async Task A_rotation_whose_answer_is_lost_is_repeated_with_the_token_that_was_spent()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        // Asked until the server has moved the session on: an answer with a refresh token is dropped.
        var dropped = 0;
        visitor.Proxy.On(Tab.Refresh, async call =>
        {
            await call.ForwardAsync();
            if (dropped < 2 && call.SetCookies.Any(static c => c.StartsWith(CookieNames.Refresh, StringComparison.Ordinal)))
            {
                dropped++;
                call.Cut();
                return;
            }
            await call.AnswerAsync();
        });

        await Health.MoveOnAsync(visitor, tab);

        Assert.Equal(2, dropped);
        await Health.CheckAsync(visitor, tab);
    }

    [Fact]
    public async Task A_page_that_is_reloaded_in_the_middle_of_a_refresh_asks_once_more_and_stays_signed_in()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var gate = new Gate();
        visitor.Proxy.On(Tab.Refresh, gate.After, times: 1);
        await tab.LapseAsync();
        await tab.Page.EvaluateAsync("() => { call('/api/me'); }");
        await Eventually.TrueAsync(() => gate.Waiting == 1, "the refresh has been done, and its answer is on its way");

        // The browser cancels the request with its page, so that no cookies arrive later, and the server repeats itself.
        await tab.Page.ReloadAsync();
        gate.Open();

        await tab.StartClientAsync();
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        Assert.Equal(2, visitor.Proxy.Count(Tab.Refresh));
        await Health.CheckAsync(visitor, tab);
    }

    [Requirement("RT-06", "RT-08")]
    [Fact]
    public async Task Ten_reloads_each_in_the_middle_of_a_refresh_sign_nobody_out()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await Health.MoveOnAsync(visitor, tab);
        var token = await visitor.CookieAsync(CookieNames.Refresh);

        for (var reload = 0; reload < 10; reload++)
        {
            var asked = visitor.Proxy.Count(Tab.Refresh);
            // Answers are lost in turn before and after the server has moved on; every third arrives.
            visitor.Proxy.On(
                Tab.Refresh,
                (reload % 3) switch
                {
                    0 => Faults.DropAnswer,
                    1 => Faults.Cut,
                    _ => static call => call.PassAsync(),
                },
                times: 1
            );
            // The answer of the refresh before may arrive after the reload, and its cookies are then fresh again.
            await Eventually.TrueAsync(
                async () =>
                {
                    await tab.LapseAsync();
                    await tab.Page.EvaluateAsync("() => { call('/api/me'); }");
                    return visitor.Proxy.Count(Tab.Refresh) > asked;
                },
                "a refresh is under way"
            );
            await tab.LoadAsync();
        }

        Assert.NotNull(token);
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        Assert.True(await tab.IsSignedInAsync());
        await Health.CheckAsync(visitor, tab);
    }

    [Requirement("CLI-03", "RT-08")]
    [Fact]
    public async Task Five_tabs_that_all_lose_their_answers_stay_in_one_session()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var all = await visitor.OpenSignedInAsync(5);
        visitor.Proxy.On(Tab.Refresh, Faults.DropAnswer, times: 5);
        await all[0].LapseAsync();

        var replies = await Task.WhenAll(all.Select(static tab => tab.FetchAsync(4)));

        Assert.All(replies.SelectMany(static r => r), static reply => Assert.Equal(200, reply.Status));
        foreach (var tab in all)
            Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
        await Health.CheckAsync(visitor, all[4]);
    }
}
