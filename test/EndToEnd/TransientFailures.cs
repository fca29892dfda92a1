using System.Diagnostics;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// Whatever goes wrong on the way to the server, or with the server, signs nobody out. Only a clear word from the server does.
/// </summary>
public sealed class TransientFailures(World world) : BrowserTest(world)
{
    private static readonly Dictionary<string, Fault> Failures = new()
    {
        ["the server is overloaded"] = Faults.Answer(503),
        ["the server has failed"] = Faults.Answer(500),
        ["the gateway finds no server"] = Faults.Answer(502),
        ["too many requests"] = Faults.Answer(429, retryAfter: "1"),
        ["a firewall says no"] = Faults.Answer(403),
        ["a gateway wants its own sign-in"] = Faults.Answer(401, contentType: "application/json", body: """{"code":"unauthorized"}"""),
        ["a captive portal says welcome"] = Faults.Answer(200),
        ["a cache says something else"] = Faults.Answer(200, contentType: "application/json", body: "{}"),
        ["the connection breaks"] = Faults.Cut,
    };

    public static TheoryData<string> Kinds => [.. Failures.Keys];

    [Requirement("CLI-05")]
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_refresh_that_fails_is_repeated_until_it_succeeds_and_the_request_is_answered(string kind)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(Tab.Refresh, Failures[kind], times: 2);
        await tab.LapseAsync();

        var reply = await tab.FetchAsync();

        Assert.Equal(200, reply.Status);
        Assert.Equal(1, visitor.Proxy.CountSent(Tab.Refresh));
        Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
    }

    [Requirement("CLI-05")]
    [Fact]
    public async Task Three_times_503_then_429_sign_nobody_out_in_five_tabs()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var all = await visitor.OpenSignedInAsync(5);
        var (overloaded, later) = (Faults.Answer(503), Faults.Answer(429, retryAfter: "1"));
        visitor.Proxy.On(Tab.Refresh, Faults.InTurn(overloaded, overloaded, overloaded, later));
        await all[0].LapseAsync();

        var replies = await Task.WhenAll(all.Select(static tab => tab.FetchAsync(10)));

        Assert.All(replies.SelectMany(static r => r), static reply => Assert.Equal(200, reply.Status));
        Assert.Equal(1, visitor.Proxy.CountSent(Tab.Refresh));
        foreach (var tab in all)
            Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
    }

    [Fact]
    public async Task Listeners_are_told_when_the_server_is_away_and_when_it_is_back()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(Tab.Refresh, Faults.Answer(503), times: 2);
        await tab.LapseAsync();

        Assert.Equal(200, (await tab.FetchAsync()).Status);

        Assert.Equal(["signedin", "degraded", "refreshed", "recovered"], (await tab.StateAsync()).Events);
    }

    [Fact]
    public async Task The_server_decides_how_long_to_wait()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(Tab.Refresh, Faults.Answer(429, retryAfter: "2"), times: 1);
        await tab.LapseAsync();

        Assert.Equal(200, (await tab.FetchAsync()).Status);

        var (refused, granted) = (visitor.Proxy.Of(Tab.Refresh).First(), visitor.Proxy.Of(Tab.Refresh).Last());
        Assert.InRange((granted.At - refused.At).TotalSeconds, 1.9, 14);
    }

    [Requirement("CLI-05")]
    [Fact]
    public async Task A_refresh_made_offline_waits_and_goes_on_when_the_network_is_back()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await tab.LapseAsync();
        await visitor.Context.SetOfflineAsync(true);
        var reply = tab.FetchAsync();
        await tab.SeesAsync(static s => s.Degraded, "the tab knows that the server is out of reach");

        await visitor.Context.SetOfflineAsync(false);

        Assert.Equal(200, (await reply).Status);
        Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
    }

    [Requirement("CLI-05")]
    [Fact]
    public async Task A_server_that_stays_away_costs_the_caller_fifteen_seconds_and_nobody_a_session()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(Tab.Refresh, Faults.Answer(503));
        await tab.LapseAsync();
        var watch = Stopwatch.StartNew();

        var reply = await tab.FetchAsync();

        Assert.Equal("refresh_unavailable", reply.Error);
        Assert.InRange(watch.Elapsed.TotalSeconds, 14, 30);
        Assert.True(await tab.IsSignedInAsync());
        // Full jitter between 0.4 and 8 seconds: patience, not a storm.
        Assert.InRange(visitor.Proxy.Count(Tab.Refresh), 2, 30);

        visitor.Proxy.Heal(Tab.Refresh);
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
    }
}
