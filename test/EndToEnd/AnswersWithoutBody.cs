using Microsoft.AspNetCore.Http;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>A response without a body still names its problem, and a response whose body does not end holds up no request.</summary>
public sealed class AnswersWithoutBody(World world) : BrowserTest(world)
{
    private const string Sessions = "/auth/sessions";

    [Fact]
    public async Task A_HEAD_refused_for_its_access_token_is_repeated_after_one_refresh()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        await visitor.LoseCookieAsync(CookieNames.Access);

        Assert.Equal(200, (await HeadAsync(tab)).Status);
        Assert.Equal((2, 1), (visitor.Proxy.Count(Sessions), visitor.Proxy.Count(Tab.Refresh)));
    }

    [Fact]
    public async Task A_HEAD_in_an_ended_session_signs_out()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(Sessions, call =>
        {
            call.Context.Response.Headers["Pawl-Problem"] = "session_ended;reason=revoked";
            return call.AnswerAsync(401, "");
        });

        Assert.Equal(401, (await HeadAsync(tab)).Status);
        Assert.Equal("revoked", (await tab.StateAsync()).Reason);
    }

    [Theory]
    [InlineData("application/problem+json")]
    [InlineData("text/event-stream")]
    public async Task A_401_whose_body_does_not_end_is_handed_to_the_app(string contentType)
    {
        const string Own = "/api/own";
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        visitor.Proxy.On(Own, async call =>
        {
            var response = call.Context.Response;
            (response.StatusCode, response.ContentType) = (401, contentType);
            response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            await response.WriteAsync("{\"code\":");
            await response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, call.Context.RequestAborted);
        });

        Assert.Equal(401, await tab.RunAsync<int>($"async () => (await session.fetch('{Own}')).status"));
        Assert.True(await tab.IsSignedInAsync());
    }

    [Fact]
    public async Task An_unknown_scope_is_refused_before_anything_happens()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];

        Assert.Equal("TypeError", await tab.RunAsync<string>("() => session.signOut({ scope: 'all' }).catch(({ name }) => name)"));
        Assert.True(await tab.IsSignedInAsync());
        Assert.Equal((200, 0), ((await tab.FetchAsync()).Status, visitor.Proxy.Count(Tab.Logout)));
    }

    private static Task<Reply> HeadAsync(Tab tab) => tab.RunAsync<Reply>($"() => call('{Sessions}', {{ method: 'HEAD' }})");
}
