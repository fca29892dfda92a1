using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>A server that is killed in the middle of things, and comes back on the same file, has forgotten nothing that matters.</summary>
[Collection(AtATime.Name)]
public sealed class ServerRestarts(World world) : BrowserTest(world)
{
    private const string AskOnAndOn = """
        () => {
          window.answers = { good: 0, failed: 0, refused: 0 };
          (async () => {
            for (let i = 0; ; i++) {
              const { status } = await call(`/api/me?${i}`);
              answers[status == 200 ? 'good' : status == 401 ? 'refused' : 'failed']++;
              await new Promise((go) => setTimeout(go, 25));
            }
          })();
        }
        """;

    [Requirement("RT-15")]
    [Fact]
    public async Task Killed_under_traffic_it_signs_nobody_out()
    {
        await using var server = await ServerProcess.StartAsync(ServerSettings.Quick);
        var visitor = await VisitAsync(server);
        var all = await visitor.OpenSignedInAsync(3);
        foreach (var tab in all)
            await tab.Page.EvaluateAsync(AskOnAndOn);

        for (var crash = 0; crash < 2; crash++)
        {
            // In the middle of a life: a rotation, which is not waited for, has just been made.
            var replaced = Count(visitor, Tab.Refresh, 200);
            await Eventually.TrueAsync(() => Count(visitor, Tab.Refresh, 200) > replaced, "a token has been replaced under traffic");
            await server.KillAsync();
            var failed = Count(visitor, Tab.Me, null);
            await Eventually.TrueAsync(() => Count(visitor, Tab.Me, null) > failed, "requests fail while there is no server");
            await server.StartAsync();
            foreach (var tab in all)
            {
                var good = (await AnswersAsync(tab)).Good;
                await Eventually.TrueAsync(() => AnswersAsync(tab), a => a.Good > good + 10, "requests are answered again");
            }
        }

        foreach (var tab in all)
        {
            var state = await tab.StateAsync();
            Assert.Equal("signed-in", state.Status);
            Assert.DoesNotContain("signedout", state.Events);
            Say($"{await AnswersAsync(tab)}");
            Assert.Equal(0, (await AnswersAsync(tab)).Refused);
        }
        await Health.CheckAsync(visitor, all[0]);
    }

    [Requirement("SES-02", "RT-15")]
    [Fact]
    public async Task A_sign_out_that_was_answered_holds_even_if_the_server_is_killed_the_same_moment()
    {
        await using var server = await ServerProcess.StartAsync(ServerSettings.Default);
        var visitor = await VisitAsync(server);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var (access, refresh) = (await visitor.CookieAsync(CookieNames.Access), await visitor.CookieAsync(CookieNames.Refresh));
        using var outsider = new Outsider(server);

        Assert.True(await tab.SignOutAsync());
        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal("session_ended", (await outsider.AskAsync(access!)).Code);
        Assert.Equal("session_ended", (await outsider.RefreshAsync(refresh!)).Code);
    }

    [Requirement("RT-15")]
    [Fact]
    public async Task A_sign_in_that_was_answered_holds_and_the_keys_are_the_same()
    {
        await using var server = await ServerProcess.StartAsync(ServerSettings.Default);
        var visitor = await VisitAsync(server);
        var tab = (await visitor.OpenSignedInAsync(1))[0];

        await server.KillAsync();
        await server.StartAsync();

        // With the very access token that was issued before: no refresh was needed.
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        Assert.Equal(0, visitor.Proxy.Count(Tab.Refresh));
        await tab.RefreshAsync();
        Assert.True(await tab.IsSignedInAsync());
    }

    private static int Count(Visitor visitor, string path, int? status) => visitor.Proxy.Of(path).Count(e => e.Status == status);

    private static Task<Answers> AnswersAsync(Tab tab) => tab.RunAsync<Answers>("() => answers");

    private sealed record Answers(int Good, int Failed, int Refused);
}
