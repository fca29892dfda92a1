using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>A device whose clock is wrong is not told so by being signed out, by requests that fail, or by refreshes without end.</summary>
[Collection(AtATime.Name)]
public sealed class DeviceClocks(World world) : BrowserTest(world)
{
    [Requirement("CLI-08")]
    [Theory]
    [InlineData(-1440)]
    [InlineData(-10)]
    [InlineData(10)]
    [InlineData(1440)]
    public async Task A_clock_that_is_wrong_changes_nothing(int minutes)
    {
        var visitor = await VisitAsync(ServerSettings.Quick);
        var wrong = TimeSpan.FromMinutes(minutes);
        // Scripts see the wrong time, and the server's answers say another than the device believes.
        visitor.Proxy.DateShift = -wrong;
        await visitor.Context.AddInitScriptAsync(
            $$"""
            {
              const right = Date;
              globalThis.Date = class extends right {
                constructor(...at) { at.length ? super(...at) : super(right.now() + {{wrong.TotalMilliseconds}}); }
                static now() { return right.now() + {{wrong.TotalMilliseconds}}; }
              };
            }
            """
        );
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var off = await tab.RunAsync<double>("() => Date.now() - (performance.timeOrigin + performance.now())");
        Assert.InRange(off / 60_000, minutes - 1, minutes + 1);

        // As long as it takes for the token to be replaced twice by itself.
        var requests = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                requests++;
                Assert.Equal(200, (await tab.FetchAsync()).Status);
                return visitor.Proxy.Count(Tab.Refresh) == 2;
            },
            "two refreshes by the timer"
        );

        var refreshes = visitor.Proxy.Of(Tab.Refresh).ToList();
        Say($"{requests} requests, the refreshes {(refreshes[1].At - refreshes[0].At).TotalSeconds:0.0} s apart");
        Assert.InRange((refreshes[1].At - refreshes[0].At).TotalSeconds, 1.2, 15);
        Assert.DoesNotContain(visitor.Proxy.Of(Tab.Me), static e => e.Status == 401);
        Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
    }
}
