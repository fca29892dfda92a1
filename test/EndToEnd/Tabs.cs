using System.Diagnostics;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// All tabs of a browser are one session: one refresh for all of them, whichever tab does it, and whatever becomes of that tab.
/// </summary>
[Collection(AtATime.Name)]
public sealed class Tabs(World world) : BrowserTest(world)
{
    [Requirement("CLI-03")]
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Tabs_that_need_a_token_at_the_same_moment_refresh_once_between_them(int tabs)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var all = await visitor.OpenSignedInAsync(tabs);
        await all[0].LapseAsync();

        var replies = await Task.WhenAll(all.Select(static tab => tab.FetchAsync(10)));

        Assert.All(replies.SelectMany(static r => r), static reply => Assert.Equal(200, reply.Status));
        Assert.Equal(1, visitor.Proxy.Count(Tab.Refresh));
    }

    [Requirement("CLI-02", "CLI-03")]
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Tabs_whose_requests_are_refused_at_the_same_moment_refresh_once_between_them(int tabs)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var all = await visitor.OpenSignedInAsync(tabs);
        await visitor.LoseCookieAsync(CookieNames.Access);
        var gate = new Gate();
        visitor.Proxy.On(Tab.Refresh, gate.Before);

        var replies = Task.WhenAll(all.Select(static tab => tab.FetchAsync(10)));
        await Eventually.TrueAsync(() => visitor.Proxy.Count(Tab.Me) == tabs * 10, "every request of every tab is refused");
        gate.Open();

        Assert.All((await replies).SelectMany(static r => r), static reply => Assert.Equal(200, reply.Status));
        Assert.Equal(1, visitor.Proxy.Count(Tab.Refresh));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Busy_tabs_refresh_once_per_life_of_a_token_and_no_request_is_refused(int tabs)
    {
        const double ShortestInterval = 0.8 * 2; // seconds: the earliest a timer may ring, of the two that a token of three is fresh for
        var visitor = await VisitAsync(ServerSettings.Quick);
        var all = await visitor.OpenSignedInAsync(tabs);
        var before = visitor.Proxy.Count(Tab.Refresh);
        var watch = Stopwatch.StartNew();

        var failures = await Task.WhenAll(
            all.Select(static tab =>
                tab.RunAsync<string[]>(
                    """
                    async () => {
                      const failures = [];
                      for (const end = performance.now() + 6_000; performance.now() < end; await new Promise((go) => setTimeout(go, 40))) {
                        const { status, error } = await call('/api/me');
                        if (status != 200) failures.push(error || `${status}`);
                      }
                      return failures;
                    }
                    """
                )
            )
        );

        var refreshes = visitor.Proxy.Count(Tab.Refresh) - before;
        Say($"{visitor.Proxy.Count(Tab.Me)} requests of {tabs} tabs in {watch.Elapsed.TotalSeconds:0.0} s, {refreshes} refreshes");
        Assert.All(failures, Assert.Empty);
        Assert.DoesNotContain(visitor.Proxy.Of(Tab.Me), static e => e.Status == 401);
        Assert.InRange(refreshes, 1, 1 + (watch.Elapsed.TotalSeconds / ShortestInterval));
        Assert.DoesNotContain("signedout", (await all[0].StateAsync()).Events);
    }

    [Requirement("CLI-10")]
    [Fact]
    public async Task A_tab_that_is_closed_in_the_middle_of_a_refresh_leaves_the_others_signed_in()
    {
        var visitor = await VisitAsync(ServerSettings.Quick);
        var all = await visitor.OpenSignedInAsync(3);
        var gate = new Gate();
        visitor.Proxy.On(Tab.Refresh, gate.After, times: 1);
        await all[0].LapseAsync();
        var abandoned = all[0].Page.EvaluateAsync("() => { call('/api/me'); }");
        await Eventually.TrueAsync(() => gate.Waiting == 1, "the refresh has been done, and its answer is on its way");

        await abandoned;
        await all[0].Page.CloseAsync();
        var replies = await Task.WhenAll(all[1..].Select(static tab => tab.FetchAsync(5)));
        gate.Open();

        Assert.All(replies.SelectMany(static r => r), static reply => Assert.Equal(200, reply.Status));
        await Health.CheckAsync(visitor, all[1]);
    }

    [Requirement("CLI-10")]
    [Fact]
    public async Task A_tab_that_crashes_in_the_middle_of_a_refresh_leaves_the_others_signed_in()
    {
        var visitor = await VisitAsync(ServerSettings.Quick);
        var all = await visitor.OpenSignedInAsync(2);
        var crashed = new TaskCompletionSource();
        all[0].Page.Crash += (_, _) => crashed.SetResult();
        var gate = new Gate();
        visitor.Proxy.On(Tab.Refresh, gate.After, times: 1);
        await all[0].LapseAsync();
        await all[0].Page.EvaluateAsync("() => { call('/api/me'); }");
        await Eventually.TrueAsync(() => gate.Waiting == 1, "the refresh has been done, and its answer is on its way");

        // Nothing of the page gets to say a last word, as when the system ends its process for want of memory.
        var devTools = await visitor.Context.NewCDPSessionAsync(all[0].Page);
        _ = devTools.SendAsync("Page.crash");
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var replies = await all[1].FetchAsync(5);
        gate.Open();

        Assert.All(replies, static reply => Assert.Equal(200, reply.Status));
        await Health.CheckAsync(visitor, all[1]);
    }

    [Fact]
    public async Task A_tab_opened_later_is_in_the_session_at_once()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var first = (await visitor.OpenSignedInAsync(1))[0];

        var second = await visitor.OpenAsync();

        Assert.Equal((await first.StateAsync()).Sid, (await second.StateAsync()).Sid);
        Assert.Equal(200, (await second.FetchAsync()).Status);
        Assert.Equal(0, visitor.Proxy.Count(Tab.Refresh));
    }

    [Fact]
    public async Task A_sign_in_is_heard_in_the_tabs_that_were_open_before()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var (first, second) = (await visitor.OpenAsync(), await visitor.OpenAsync());

        await first.SignInAsNewUserAsync();

        await second.SeesAsync(static s => s.Status == "signed-in" && s.Events.Contains("signedin"), "the other tab is signed in");
        Assert.Equal(200, (await second.FetchAsync()).Status);
    }
}
