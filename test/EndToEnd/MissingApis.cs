using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>A browser without one of the newer interfaces costs a request or a moment more, and never a session.</summary>
public sealed class MissingApis(World world) : BrowserTest(world)
{
    private const string Locks = "locks";
    private const string CookieStore = "cookieStore";
    private const string Channel = "BroadcastChannel";

    [Requirement("CLI-03", "RT-06")]
    [Theory]
    [InlineData(Locks)]
    [InlineData(CookieStore)]
    [InlineData(Channel)]
    [InlineData(CookieStore, Channel)]
    [InlineData(Locks, CookieStore, Channel)]
    public async Task Tabs_stay_one_session_without(params string[] missing)
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        await visitor.Context.AddInitScriptAsync(
            string.Concat(missing.Select(static name => name == Locks ? "delete Navigator.prototype.locks;" : $"delete window.{name};"))
        );
        var all = await visitor.OpenSignedInAsync(3);
        Assert.Equal("undefined", await all[0].RunAsync<string>("(name) => typeof (navigator[name] ?? window[name])", missing[0]));
        Assert.Single((await Task.WhenAll(all.Select(static tab => tab.StateAsync()))).Select(static s => s.Sid).Distinct());

        // All at once, and past the settle period: where there is no lock, the tabs race.
        for (var round = 0; round < 3; round++)
        {
            var before = visitor.Proxy.Count(Tab.Refresh);
            await all[0].LapseAsync();
            var replies = await Task.WhenAll(all.Select(static tab => tab.FetchAsync(5)));
            Assert.All(replies.SelectMany(static r => r), static reply => Assert.Equal(200, reply.Status));
            Assert.InRange(visitor.Proxy.Count(Tab.Refresh) - before, 1, missing.Contains(Locks) ? 3 : 1);
            await Health.MoveOnAsync(visitor, all[round]);
        }
        foreach (var tab in all)
            Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);

        await all[0].SignOutAsync();
        // Where nothing can tell the other tabs, their next request does.
        if (missing.Contains(CookieStore) && missing.Contains(Channel))
            await Task.WhenAll(all[1].FetchAsync(), all[2].FetchAsync());
        await all[1].SeesSignedOutAsync();
        await all[2].SeesSignedOutAsync();
        Assert.Equal(401, (await all[1].FetchAsync()).Status);
    }
}
