using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>Somebody else signs in in another tab: what a tab has queued for the one is never done as the other.</summary>
public sealed class SwitchedUsers(World world) : BrowserTest(world)
{
    private const string AskAs = """
        async ([path, sid, method]) => {
          const response = await fetch(path, { method, headers: { 'Pawl-Session': sid } });
          return { status: response.status, body: await response.text() };
        }
        """;

    [Requirement("CLI-06", "ATTACK-23")]
    [Fact]
    public async Task A_request_that_waits_for_a_refresh_is_rejected_and_not_run_as_the_other_user()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var (first, second) = (await visitor.OpenAsync(), await visitor.OpenAsync());
        await first.SignInAsNewUserAsync("ann");
        var bob = User.New("bob");
        await second.RegisterAsync(bob);
        var gate = new Gate();
        visitor.Proxy.On(Tab.Refresh, gate.Before, times: 1);
        await first.LapseAsync();
        var queued = first.FetchAsync(5);
        await Eventually.TrueAsync(() => gate.Waiting == 1, "Ann's requests wait for a refresh");

        await second.SignInAsync(bob);

        Assert.All(await queued, static reply => Assert.Equal("session_switched", reply.Error));
        gate.Open();
        await Eventually.TrueAsync(() => visitor.Proxy.Count(Tab.Refresh) > 0, "Ann's refresh has been given up");
        Assert.All(visitor.Proxy.Of(Tab.Refresh), static e => Assert.Empty(e.SetCookies));
        Assert.Empty(visitor.Proxy.Of(Tab.Me));
        Assert.Contains("switched", (await first.StateAsync()).Events);

        // Ann's refresh does nothing to Bob.
        Assert.Contains(bob.Email, (await second.FetchAsync()).Body, StringComparison.Ordinal);
        Assert.Contains(bob.Email, (await first.FetchAsync()).Body, StringComparison.Ordinal);
        Assert.Equal((await second.StateAsync()).Sid, (await first.StateAsync()).Sid);
    }

    [Requirement("XS-03", "ATTACK-23")]
    [Theory]
    [InlineData("GET", Tab.Me)]
    [InlineData("POST", Tab.Refresh)]
    [InlineData("POST", Tab.Logout)]
    public async Task The_server_refuses_a_request_made_for_a_session_that_the_browser_is_no_longer_in(string method, string path)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var (first, second) = (await visitor.OpenAsync(), await visitor.OpenAsync());
        await first.SignInAsNewUserAsync("ann");
        var ann = (await first.StateAsync()).Sid;
        var bob = await second.SignInAsNewUserAsync("bob");

        var reply = await first.RunAsync<Reply>(AskAs, new object[] { path, ann, method });

        Assert.Equal(409, reply.Status);
        Assert.Contains("\"session_switched\"", reply.Body, StringComparison.Ordinal);
        Assert.Contains(bob.Email, (await second.FetchAsync()).Body, StringComparison.Ordinal);
        Assert.True(await second.IsSignedInAsync());
    }

    [Requirement("SES-01")]
    [Fact]
    public async Task The_session_that_was_replaced_is_over()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = await visitor.OpenAsync();
        await tab.SignInAsNewUserAsync("ann");
        var (access, refresh) = (await visitor.CookieAsync(CookieNames.Access), await visitor.CookieAsync(CookieNames.Refresh));
        using var outsider = new Outsider(visitor.Server);

        await tab.SignInAsNewUserAsync("bob");

        Assert.Equal("session_ended", (await outsider.AskAsync(access!)).Code);
        Assert.Equal("session_ended", (await outsider.RefreshAsync(refresh!)).Code);
    }

    [Requirement("XS-03", "ATTACK-23")]
    [Fact]
    public async Task Two_users_who_take_turns_in_two_tabs_never_see_each_others_answers()
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tabs = new[] { await visitor.OpenAsync(), await visitor.OpenAsync() };
        var users = new[] { User.New("ann"), User.New("bob") };
        foreach (var user in users)
            await tabs[0].RegisterAsync(user);
        await tabs[0].SignInAsync(users[0]);
        await tabs[1].SeesAsync(static s => s.Status == "signed-in", "the other tab is in the session too");

        for (var turn = 1; turn < 5; turn++)
        {
            var (here, there) = (turn % 2, 1 - (turn % 2));
            var before = (await tabs[there].StateAsync()).Sid;
            // While the other tab asks and asks, this one signs its user in.
            var asked = tabs[there]
                .RunAsync<Said[]>(
                    """
                    async () => {
                      const said = [];
                      window.enough = false;
                      for (let left = 20; left > 0; enough && left--) {
                        const { sid } = session.state;
                        const { status, body, error } = await call(`/api/me?${said.length}`);
                        said.push({ asked: sid, answered: status == 200 ? JSON.parse(body).sid : '', error });
                      }
                      return said;
                    }
                    """
                );
            await tabs[here].SignInAsync(users[here]);
            await tabs[there].Page.EvaluateAsync("() => { enough = true; }");
            var said = await asked;
            Assert.All(said.Where(static s => s.Answered != ""), static s => Assert.Equal(s.Asked, s.Answered));
            Assert.Equal((await tabs[here].StateAsync()).Sid, said[^1].Answered);
            Assert.NotEqual(before, said[^1].Answered);
        }
    }

    private sealed record Said(string Asked, string Answered, string? Error);
}
