using System.Diagnostics;
using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>One run of a scenario with one client in so many tabs: does what the scenario says, and counts.</summary>
internal sealed class Trial(Subject subject, Visitor visitor, bool thorough)
{
    // Longer than any client waits of its own accord.
    private const int PatienceInPage = 25_000;

    private readonly List<Tab> _live = [];
    private readonly Stopwatch _watch = new();
    private int _refreshesBefore;
    private int _lost;

    public Subject Subject => subject;

    public Visitor Visitor => visitor;

    public FaultProxy Proxy => visitor.Proxy;

    /// <summary>The full matrix, where a run may take its time.</summary>
    public bool IsThorough => thorough;

    /// <summary>The tabs that are still there.</summary>
    public IReadOnlyList<Tab> Tabs => _live;

    public Tab First => _live[0];

    public User User { get; private set; } = User.New();

    public int Expiries { get; private set; }

    public int Asked { get; private set; }

    public int Failed { get; set; }

    public int Hangs { get; private set; }

    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Opens so many tabs, all for one session; false if another client cannot even sign in.</summary>
    public async Task<bool> OpenAsync(int tabs)
    {
        for (var i = 0; i < tabs; i++)
        {
            _live.Add(await visitor.OpenAsync());
            if (i == 0 && !await SignInAsync())
                return false;
        }
        foreach (var tab in _live)
            await Eventually.TrueAsync(() => IsSignedInAsync(tab), "the tab is signed in");
        _refreshesBefore = Proxy.Count(subject.Refresh);
        _watch.Start();
        return true;
    }

    public static Task<bool> IsSignedInAsync(Tab tab) => tab.RunAsync<bool>("async () => !!(await client.isSignedIn())");

    public async Task LapseAsync()
    {
        Expiries++;
        await subject.LapseAsync(visitor, First);
    }

    public async Task SpoilAsync()
    {
        Expiries++;
        await subject.SpoilAsync(visitor, First);
    }

    /// <summary>Every tab makes so many requests, at the same moment.</summary>
    public async Task CallAsync(int requests, string path = Tab.Me, Func<Reply, bool>? good = null)
    {
        var moment = DateTimeOffset.UtcNow.AddMilliseconds(60).ToUnixTimeMilliseconds();
        await Task.WhenAll(Tabs.Select(tab => CallAsync(tab, requests, path, good, moment)));
    }

    public async Task CallAsync(Tab tab, int requests, string path = Tab.Me, Func<Reply, bool>? good = null, long moment = 0) =>
        Count(
            await tab.RunAsync<Reply[]>(
                """
                async ([n, path, moment, patience]) => {
                  while (performance.timeOrigin + performance.now() < moment) await new Promise((go) => setTimeout(go));
                  const overdue = () => new Promise((go) => setTimeout(go, patience, { status: -1, body: '', error: 'hangs' }));
                  return Promise.all(Array.from({ length: n }, (_, i) => Promise.race([call(`${path}?n=${i}`), overdue()])));
                }
                """,
                new object[] { requests, path, moment, PatienceInPage }
            ),
            good
        );

    /// <summary>Requests with no end, one after another, until the tab is told that it is enough.</summary>
    public static Task<Reply[]> TrafficAsync(Tab tab, TimeSpan? duration = null) =>
        tab
            .Page.EvaluateAsync("() => { window.enough = false; }")
            .ContinueWith(
                _ =>
                    tab.RunAsync<Reply[]>(
                        """
                        async ([ms, patience]) => {
                          const bad = [];
                          let asked = 0;
                          for (const end = performance.now() + ms; !enough && performance.now() < end; await new Promise((go) => setTimeout(go, 40))) {
                            const overdue = new Promise((go) => setTimeout(go, patience, { status: -1, body: '', error: 'hangs' }));
                            const reply = await Promise.race([call(`/api/me?${asked++}`), overdue]);
                            if (reply.status != 200) bad.push(reply);
                          }
                          return [{ status: 200, body: `${asked - bad.length}` }, ...bad];
                        }
                        """,
                        new object[] { (duration ?? TimeSpan.FromMinutes(2)).TotalMilliseconds, PatienceInPage }
                    ),
                TaskScheduler.Default
            )
            .Unwrap();

    public static Task EnoughAsync(Tab tab) => tab.Page.EvaluateAsync("() => { window.enough = true; }");

    /// <summary>Takes in what traffic came to: first how many were answered, then those that were not.</summary>
    public void CountTraffic(Reply[] traffic, Func<Reply, bool>? good = null)
    {
        Asked += int.Parse(traffic[0].Body, System.Globalization.CultureInfo.InvariantCulture);
        Count(traffic[1..], good);
    }

    public void Count(IEnumerable<Reply> replies, Func<Reply, bool>? good = null)
    {
        foreach (var reply in replies)
        {
            Asked++;
            var hangs = reply.Status < 0;
            Hangs += hangs ? 1 : 0;
            if (hangs || !(good?.Invoke(reply) ?? reply.Status == 200))
            {
                Failed++;
                TestContext.Current.TestOutputHelper?.WriteLine($"failed: {reply}");
            }
        }
    }

    /// <summary>The tab is none any more: nobody asks what became of its refresh.</summary>
    public void Bury(Tab tab, int refreshes)
    {
        _live.Remove(tab);
        _lost += refreshes;
    }

    public void Adopt(Tab tab) => _live.Add(tab);

    /// <summary>Whoever lives on is asked once more, after one more expiry; then counts.</summary>
    public async Task<Row> FinishAsync(Scenario scenario, Browser browser, int tabs)
    {
        var signOuts = 0;
        if (!scenario.EndsSignedOut)
        {
            // Where a client renews long before the end, none has come by itself.
            if (scenario.Pace != Pace.Quick || (scenario.HasOwnServer && subject.Margin > TimeSpan.Zero))
                await LapseAsync();
            await CallAsync(1);
            foreach (var tab in Tabs)
                signOuts += await tab.RunAsync<bool>("async () => client.signOuts() > 0 || !(await client.isSignedIn())") ? 1 : 0;
        }
        var refreshes = Proxy.Of(subject.Refresh).Skip(_refreshesBefore).ToList();
        var broken = _lost + refreshes.Count(static e => e.Status is null || !e.Sent);
        if (scenario.Pace == Pace.Quick && !scenario.HasOwnServer)
            Expiries = Lives(refreshes);
        var refused = Proxy.Of(Tab.Me).Count(static e => e.Status == 401);
        var made = refreshes.Count - (subject.SignsInWhereItRefreshes ? scenario.SignIns : 0);
        return new(
            scenario.Id,
            subject.Name,
            browser,
            tabs,
            Expiries,
            made,
            broken,
            refused,
            Asked,
            Failed,
            signOuts,
            Hangs,
            _watch.Elapsed.TotalSeconds
        );
    }

    /// <summary>What a sign-in that fails comes to: one request, which failed, and nobody is signed in.</summary>
    public Row NotSignedIn(Scenario scenario, Browser browser, int tabs) =>
        new(scenario.Id, subject.Name, browser, tabs, 0, 0, 0, 0, Asked: 1, Failed: 1, SignOuts: tabs, Hangs: 0, Seconds: 0);

    private async Task<bool> SignInAsync()
    {
        await subject.RegisterAsync(First, User);
        try
        {
            await First.RunAsync<object?>("(user) => client.signIn(user)", User.Credentials);
            return true;
        }
        catch (PlaywrightException e) when (!subject.IsOurs)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"no sign-in: {e.Message}");
            return false;
        }
    }

    // By the clock no token is due again within the time that the shortest interval leaves, so whatever comes sooner was made for the same
    // expiry.
    private static int Lives(List<Exchange> refreshes)
    {
        var (lives, since) = (0, TimeSpan.MinValue);
        foreach (
            var at in refreshes
                .Select(static e => e.At)
                .Order()
                .Where(at => lives == 0 || (at - since).TotalSeconds > ShortLives.ShortestInterval / 2)
        )
            (lives, since) = (lives + 1, at);
        return lives;
    }
}
