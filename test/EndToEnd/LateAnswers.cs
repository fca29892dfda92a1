using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// The response to one user's refresh arrives after another user has signed in in the same browser. The browser stays the other user's.
/// </summary>
public sealed class LateAnswers(World world) : BrowserTest(world)
{
    /// <summary>The fate of the page whose refresh is under way.</summary>
    public enum Fate
    {
        StaysOpen,
        IsClosed,
        IsLeft,
        IsFrozen,
        Crashes,

        /// <summary>The page stays open, and the cookies of its refresh arrive although it has given the refresh up.</summary>
        IsTooLate,
    }

    [Requirement("CLI-06", "CLI-10", "XS-03", "ATTACK-23")]
    [Theory]
    [InlineData(Browser.Chromium, Fate.StaysOpen)]
    [InlineData(Browser.Chromium, Fate.IsClosed)]
    [InlineData(Browser.Chromium, Fate.IsLeft)]
    [InlineData(Browser.Chromium, Fate.IsFrozen)]
    [InlineData(Browser.Chromium, Fate.Crashes)]
    [InlineData(Browser.Chromium, Fate.IsTooLate)]
    [InlineData(Browser.Firefox, Fate.StaysOpen)]
    [InlineData(Browser.Firefox, Fate.IsClosed)]
    [InlineData(Browser.Firefox, Fate.IsLeft)]
    [InlineData(Browser.Firefox, Fate.IsTooLate)]
    public async Task All_tabs_end_up_as_the_user_who_signed_in_last(Browser browser, Fate fate)
    {
        var visitor = await VisitAsync(await World.ServerAsync(ServerSettings.Default), browser: browser);
        var (first, second) = (await visitor.OpenAsync(), await visitor.OpenAsync());
        await first.SignInAsNewUserAsync("ann");
        var anns = await visitor.CookieAsync(CookieNames.Refresh);
        var bob = User.New("bob");
        await second.RegisterAsync(bob);
        await second.SeesAsync(static s => s.Status == "signed-in", "the second tab is Ann's, too");
        var gate = new Gate();
        visitor.Proxy.On(Tab.Refresh, gate.After, times: 1);
        await first.LapseAsync();
        await first.Page.EvaluateAsync("() => { call('/api/me'); }");
        await Eventually.TrueAsync(() => gate.Waiting == 1, "Ann's refresh has been done, and its answer is on its way");

        await MeetAsync(fate, first, visitor);
        await second.SignInAsync(bob);
        var bobs = (await second.StateAsync()).Sid;
        gate.Open();
        await Eventually.TrueAsync(() => AnswerOf(visitor) is not null, "the answer has arrived, or is dropped");
        if (fate is Fate.IsFrozen)
            await SetLifecycleAsync(first, "active");
        if (fate is Fate.IsTooLate)
            await LandAsync(visitor, second);

        var tabs = new List<Tab> { second, await visitor.OpenAsync() };
        if (fate is Fate.StaysOpen or Fate.IsFrozen or Fate.IsTooLate)
            tabs.Add(first);
        foreach (var tab in tabs)
        {
            await tab.SeesAsync(s => s.Sid == bobs, "the tab is in Bob's session");
            var reply = await tab.FetchAsync();
            Assert.Equal(200, reply.Status);
            Assert.Contains(bob.Email, reply.Body, StringComparison.Ordinal);
            await tab.RefreshAsync();
            Assert.DoesNotContain("signedout", (await tab.StateAsync()).Events);
        }
        using var outsider = new Outsider(visitor.Server);
        Assert.Equal("session_ended", (await outsider.RefreshAsync(anns!)).Code);
        Assert.Equal(1, await second.RunAsync<int>("async () => (await (await session.fetch('/auth/sessions')).json()).sessions.length"));
    }

    /// <summary>No request of the first user's page may run as the second user, since its code cannot know of the switch.</summary>
    [Requirement("XS-03", "ATTACK-23")]
    [Theory]
    [InlineData(Browser.Chromium)]
    [InlineData(Browser.Firefox)]
    public async Task A_page_that_does_not_listen_is_refused_until_it_is_loaded_again(Browser browser)
    {
        const string Unaware = """
            async () => {
              const { createSession } = await import('/auth/client/pawl.js');
              const session = (window.session = createSession());
              window.told = [];
              window.call = (path, init) =>
                session.fetch(path, init).then(
                  async (response) => ({ status: response.status, body: await response.text() }),
                  (error) => ({ status: 0, body: '', error: error.code || `${error}` }),
                );
            }
            """;
        var visitor = await VisitAsync(await World.ServerAsync(ServerSettings.Default), script: Unaware, browser: browser);
        var (first, second) = (await visitor.OpenAsync(), await visitor.OpenAsync());
        await first.SignInAsNewUserAsync("ann");
        var bob = await second.SignInAsNewUserAsync("bob");
        var before = visitor.Proxy.Count(Tab.Me);

        for (var i = 0; i < 3; i++)
            Assert.Equal("session_switched", (await first.FetchAsync()).Error);
        Assert.Equal(before, visitor.Proxy.Count(Tab.Me));

        await first.LoadAsync();
        Assert.Contains(bob.Email, (await first.FetchAsync()).Body, StringComparison.Ordinal);
        Assert.Contains(bob.Email, (await second.FetchAsync()).Body, StringComparison.Ordinal);
    }

    private static async Task MeetAsync(Fate fate, Tab tab, Visitor visitor)
    {
        switch (fate)
        {
            case Fate.IsClosed:
                await tab.Page.CloseAsync();
                break;
            case Fate.IsLeft:
                await tab.Page.GotoAsync("about:blank");
                break;
            case Fate.IsFrozen:
                await SetLifecycleAsync(tab, "frozen");
                break;
            case Fate.Crashes:
                var crashed = new TaskCompletionSource();
                tab.Page.Crash += (_, _) => crashed.TrySetResult();
                var devTools = await visitor.Context.NewCDPSessionAsync(tab.Page);
                // The call never returns, because the page is gone.
                _ = devTools.SendAsync("Page.crash").ContinueWith(static task => task.Exception, TaskScheduler.Default);
                await crashed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
                break;
        }
    }

    // A refresh of the other tab may be refused meanwhile. Its answer has no cookies.
    private static IReadOnlyList<string>? AnswerOf(Visitor visitor) =>
        visitor.Proxy.Of(Tab.Refresh).Select(static e => e.SetCookies).FirstOrDefault(static cookies => cookies.Count > 0);

    private static async Task LandAsync(Visitor visitor, Tab tab)
    {
        const string Path = "/e2e/late";
        var cookies = AnswerOf(visitor)!;
        var before = visitor.Proxy.Count(Tab.Refresh);
        visitor.Proxy.On(Path, call =>
        {
            call.Context.Response.Headers.SetCookie = cookies.ToArray();
            return call.AnswerAsync(204, "");
        });
        await tab.Page.EvaluateAsync($"() => fetch('{Path}').then(() => null)");
        await Eventually.TrueAsync(() => visitor.Proxy.Count(Tab.Refresh) > before, "a tab asks the server whose the browser is");
    }

    private static async Task SetLifecycleAsync(Tab tab, string state)
    {
        var devTools = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        await devTools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = state });
    }
}
