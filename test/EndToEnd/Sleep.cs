using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// When a device wakes, its wall clock has gone on by an hour and its monotonic clock has not. Chromium then still shows the timer
/// cookie of an access token that it has dropped. The client notices that before its requests are refused.
/// </summary>
[Collection(AtATime.Name)]
public sealed class Sleep(World world) : BrowserTest(world)
{
    // Longer than the lifetime of an access token, and much shorter than that of a refresh token.
    private static readonly TimeSpan Nap = TimeSpan.FromHours(1);

    [Fact]
    public async Task The_first_requests_after_a_sleep_cost_one_refresh_and_none_is_refused()
    {
        var (visitor, tabs) = await OpenAsync(tabs: 2);
        await SleepAsync(tabs);

        var replies = await Task.WhenAll(tabs.Select(static tab => tab.FetchAsync(20)));

        Assert.All(replies.SelectMany(static r => r), static reply => Assert.Equal(200, reply.Status));
        Assert.Equal(40, visitor.Proxy.Count(Tab.Me));
        await AssertOneRefreshAsync(visitor, tabs);
    }

    [Fact]
    public async Task A_page_that_is_seen_again_after_a_sleep_refreshes_before_it_is_asked()
    {
        var (visitor, tabs) = await OpenAsync(tabs: 1);
        await SleepAsync(tabs);

        await tabs[0].Page.EvaluateAsync("() => { dispatchEvent(new Event('focus')); }");

        await tabs[0].SeesAsync(static s => s.Events.Contains("refreshed"), "the tab has refreshed");
        Assert.Equal(200, (await tabs[0].FetchAsync()).Status);
        await AssertOneRefreshAsync(visitor, tabs);
    }

    [Fact]
    public async Task A_request_made_offline_after_a_sleep_waits_for_the_network()
    {
        var (visitor, tabs) = await OpenAsync(tabs: 1);
        await visitor.Context.SetOfflineAsync(true);
        await SleepAsync(tabs);
        var reply = tabs[0].FetchAsync();
        await tabs[0].SeesAsync(static s => s.Degraded, "the tab knows that the server is out of reach");

        await visitor.Context.SetOfflineAsync(false);

        Assert.Equal(200, (await reply).Status);
        await AssertOneRefreshAsync(visitor, tabs);
    }

    private async Task<(Visitor Visitor, Tab[] Tabs)> OpenAsync(int tabs)
    {
        var visitor = await VisitAsync(await World.ServerAsync(ServerSettings.Default), sleeps: true);
        return (visitor, await visitor.OpenSignedInAsync(tabs));
    }

    /// <summary>The device sleeps, and the pages are there again as they were.</summary>
    private async Task SleepAsync(Tab[] tabs)
    {
        const string Gap = "() => Date.now() - performance.now()";
        var before = await Task.WhenAll(tabs.Select(static tab => tab.RunAsync<double>(Gap)));
        World.Clock.Jump(Nap);
        for (var i = 0; i < tabs.Length; i++)
            await Eventually.TrueAsync(
                () => tabs[i].RunAsync<double>(Gap),
                gap => Math.Abs(gap - before[i] - Nap.TotalMilliseconds) < 2_000,
                $"only the wall clock of the page has jumped by {Nap}; the clocks were {before[i]} ms apart"
            );
        // Shown when a test is looked into: with the lapsed timer among them, the client has met what it is tested for.
        Say($"The page still sees: {await tabs[0].RunAsync<string>("() => document.cookie.replace(/=[^;]*/g, '')")}");
    }

    private static async Task AssertOneRefreshAsync(Visitor visitor, Tab[] tabs)
    {
        Assert.Equal(1, visitor.Proxy.CountSent(Tab.Refresh));
        Assert.DoesNotContain(visitor.Proxy.Log, static e => e.Status == 401);
        foreach (var tab in tabs)
        {
            Assert.True(await tab.IsSignedInAsync());
            Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
        }
    }
}
