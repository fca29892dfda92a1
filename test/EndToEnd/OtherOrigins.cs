using System.Collections.Concurrent;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>What the client adds to a request is for the app's own origin, however an address may be spelt.</summary>
public sealed class OtherOrigins(World world) : BrowserTest(world)
{
    private const string Path = "/collect";

    /// <summary>
    /// Each reads like the app's own address to somebody. <c>localhost</c> on another port is the same site: the browser would send the
    /// cookies along if it were asked to.
    /// </summary>
    [Requirement("CLI-04", "ATTACK-30")]
    [Theory]
    [InlineData("http://localhost:{0}/collect")]
    [InlineData("http://127.0.0.1:{0}/collect")]
    [InlineData("//localhost:{0}/collect")]
    [InlineData("\\\\localhost:{0}/collect")]
    [InlineData("/\\localhost:{0}/collect")]
    [InlineData("\t//localhost:{0}/collect")]
    [InlineData("http:\\\\localhost:{0}/collect")]
    [InlineData("http:\n//localhost:{0}/collect")]
    [InlineData("http://LOCALHOST:{0}/collect#@localhost:{1}/")]
    [InlineData("http://localhost:{0}/collect?http://localhost:{1}/")]
    [InlineData("/away?to={0}")]
    public async Task Another_origin_is_told_nothing(string url)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        await using var elsewhere = await FaultProxy.StartAsync(visitor.Server.Address);
        var heard = Collect(elsewhere);
        var tab = await OpenWithoutPolicyAsync(visitor);
        visitor.Proxy.On("/away", call =>
        {
            call.Context.Response.StatusCode = 307;
            call.Context.Response.Headers.Location = $"http://localhost:{elsewhere.Port}{Path}";
            return Task.CompletedTask;
        });

        await tab.FetchAsync(string.Format(null, url, elsewhere.Port, visitor.Proxy.Port));

        // A redirect away from the app's own origin is an error; all else has arrived, with nothing.
        Assert.Equal(url.StartsWith("/away", StringComparison.Ordinal) ? 0 : 1, heard.Count);
        Assert.DoesNotContain(heard, static headers =>
            headers.Contains("pawl", StringComparison.OrdinalIgnoreCase) || headers.Contains("Cookie", StringComparison.OrdinalIgnoreCase)
        );
        Assert.Equal(200, (await tab.FetchAsync()).Status);
    }

    [Requirement("CLI-04", "ATTACK-30")]
    [Fact]
    public async Task The_collector_would_have_seen_it()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        await using var elsewhere = await FaultProxy.StartAsync(visitor.Server.Address);
        var heard = Collect(elsewhere);
        var tab = await OpenWithoutPolicyAsync(visitor);

        await tab.RunAsync<int>(
            "(url) => fetch(url, { credentials: 'include' }).then((r) => r.status)",
            $"http://localhost:{elsewhere.Port}{Path}"
        );

        Assert.Contains("__Host-Http-pawl-refresh", Assert.Single(heard), StringComparison.Ordinal);
    }

    /// <summary>
    /// Answers whatever is asked as an attacker's server would, allowing all of it, and keeps the headers of each request.
    /// </summary>
    private static ConcurrentQueue<string> Collect(FaultProxy elsewhere)
    {
        var heard = new ConcurrentQueue<string>();
        elsewhere.On(Path, call =>
        {
            var (request, answer) = (call.Context.Request, call.Context.Response.Headers);
            heard.Enqueue(string.Join('\n', request.Headers.Select(static h => $"{h.Key}: {h.Value}")));
            answer.AccessControlAllowOrigin = request.Headers.Origin;
            answer.AccessControlAllowCredentials = "true";
            answer.AccessControlAllowHeaders = request.Headers.AccessControlRequestHeaders;
            return Task.CompletedTask;
        });
        return heard;
    }

    // The policy of the other tests' page would stop such requests by itself.
    private static async Task<Tab> OpenWithoutPolicyAsync(Visitor visitor)
    {
        visitor.Proxy.AddPage(Tab.Path, "<!doctype html><title>A page without a policy</title>");
        return (await visitor.OpenSignedInAsync(1))[0];
    }
}
