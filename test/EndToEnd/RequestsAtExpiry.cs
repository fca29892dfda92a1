using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>However many requests find the access token spent: one refresh, and an answer for each.</summary>
[Collection(AtATime.Name)]
public sealed class RequestsAtExpiry(World world) : BrowserTest(world)
{
    [Requirement("CLI-02")]
    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public async Task Requests_refused_together_cost_one_refresh_and_get_their_answers(int requests)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        // The page still takes its token for fresh, so every request is sent, and refused.
        await visitor.LoseCookieAsync(CookieNames.Access);
        var gate = new Gate();
        visitor.Proxy.On(Tab.Refresh, gate.Before);

        var replies = tab.FetchAsync(requests);
        await Eventually.TrueAsync(
            () => visitor.Proxy.Count(Tab.Me) == requests && gate.Waiting == 1,
            "all are refused, and one refresh is on its way"
        );
        gate.Open();

        Assert.All(await replies, static reply => Assert.Equal(200, reply.Status));
        Assert.Equal(requests, visitor.Proxy.Of(Tab.Me).Count(static e => e.Status == 401));
        Assert.Equal(requests, visitor.Proxy.Of(Tab.Me).Count(static e => e.Status == 200));
        Assert.Equal(1, visitor.Proxy.Count(Tab.Refresh));
        Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public async Task Requests_made_after_the_token_lapsed_wait_for_one_refresh_and_none_is_refused(int requests)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await tab.LapseAsync();

        var replies = await tab.FetchAsync(requests);

        Assert.All(replies, static reply => Assert.Equal(200, reply.Status));
        Assert.Equal(requests, visitor.Proxy.Count(Tab.Me));
        Assert.Equal(1, visitor.Proxy.Count(Tab.Refresh));
    }

    [Requirement("CLI-02")]
    [Fact]
    public async Task A_token_that_dies_by_the_clock_is_replaced_once_for_fifty_requests()
    {
        var visitor = await VisitAsync(ServerSettings.Quick);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var first = await visitor.CookieAsync(CookieNames.Access);
        // A page that nobody uses refreshes once more, and then lets its token die.
        await Eventually.TrueAsync(
            async () => await visitor.CookieAsync(CookieNames.Access) is null,
            "the browser has dropped the access token"
        );
        var before = visitor.Proxy.Count(Tab.Refresh);

        var replies = await tab.FetchAsync(50);

        Assert.All(replies, static reply => Assert.Equal(200, reply.Status));
        Assert.Equal(before + 1, visitor.Proxy.Count(Tab.Refresh));
        Assert.DoesNotContain(visitor.Proxy.Of(Tab.Me), static e => e.Status == 401);
        Assert.NotEqual(first, await visitor.CookieAsync(CookieNames.Access));
    }

    [Fact]
    public async Task A_refusal_that_arrives_late_starts_no_second_refresh()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await visitor.LoseCookieAsync(CookieNames.Access);
        var gate = new Gate();
        visitor.Proxy.On(Tab.Me, gate.After, times: 1);

        // Another address: the browser asks one thing twice at a time only when the first answer is there.
        var late = tab.FetchAsync(Tab.Me + "?late");
        await Eventually.TrueAsync(() => gate.Waiting == 1, "the refusal is on its way");
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        gate.Open();

        Assert.Equal(200, (await late).Status);
        Assert.Equal(1, visitor.Proxy.Count(Tab.Refresh));
    }

    [Requirement("CLI-02")]
    [Fact]
    public async Task An_endpoint_that_always_asks_for_a_newer_token_is_asked_twice_and_no_more()
    {
        const string Stubborn = "/api/stubborn";
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(
            Stubborn,
            Faults.Answer(
                401,
                contentType: "application/problem+json",
                body: """{"code":"access_token_invalid"}""",
                challenge: "Bearer error=\"invalid_token\""
            )
        );

        var replies = await tab.FetchAsync(20, Stubborn);

        Assert.All(replies, static reply => Assert.Equal(401, reply.Status));
        Assert.InRange(visitor.Proxy.Count(Stubborn), 20, 40);
        Assert.Equal(1, visitor.Proxy.Count(Tab.Refresh));
        Assert.True(await tab.IsSignedInAsync());
    }

    [Fact]
    public async Task A_refusal_of_the_apps_own_is_handed_to_the_app_and_starts_nothing()
    {
        const string Own = "/api/own";
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(Own, Faults.Answer(401, challenge: "ApiKey"));

        Assert.Equal(401, (await tab.FetchAsync(Own)).Status);

        Assert.Equal(1, visitor.Proxy.Count(Own));
        Assert.Equal(0, visitor.Proxy.Count(Tab.Refresh));
        Assert.True(await tab.IsSignedInAsync());
    }
}
