using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>The tab that refreshes for all is gone when the answer comes.</summary>
internal sealed class LostHolder(string how, Func<Tab, Task> leave, bool needsDevTools = false) : Scenario
{
    public static readonly Scenario[] All =
    [
        new LostHolder("closed", static tab => tab.Page.CloseAsync()),
        new LostHolder("crashed", CrashAsync, needsDevTools: true),
        new LostHolder("frozen", FreezeAsync, needsDevTools: true),
        new LostHolder("left", static tab => tab.Page.GotoAsync("about:blank")),
    ];

    public override string Id => "S7 " + how;

    public override string What => $"the tab that refreshes is {how} while the server works";

    public override IReadOnlyList<int> Tabs => [2, 5];

    public override IReadOnlyList<Browser> Browsers => needsDevTools ? [Browser.Chromium] : base.Browsers;

    internal override async Task RunAsync(Trial trial)
    {
        var gate = new Gate();
        trial.Proxy.On(trial.Subject.Refresh, gate.After, times: 1);
        var holder = trial.First;
        await trial.LapseAsync();
        await holder.Page.EvaluateAsync("() => { call('/api/me'); }");
        await Eventually.TrueAsync(() => gate.Waiting == 1, "the refresh has been done, and its answer is on its way");

        await leave(holder);
        trial.Bury(holder, refreshes: 1);
        await trial.CallAsync(5);
        gate.Open();
    }

    // A refresh whose answer comes may be taken in by another tab before that tab has asked itself. A frozen page keeps its lock, which
    // nobody waits for longer than a second and a half: then one of the others asks under a second lock.
    internal override (int Least, int Most) Refreshes(Trial trial) =>
        (trial.Expiries - 1, trial.Expiries + (how == "frozen" ? trial.Tabs.Count - 1 : 0));

    private static async Task CrashAsync(Tab tab)
    {
        var crashed = new TaskCompletionSource();
        tab.Page.Crash += (_, _) => crashed.TrySetResult();
        var devTools = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        // Never answered, for there is nobody left who could.
        _ = devTools.SendAsync("Page.crash").ContinueWith(static task => task.Exception, TaskScheduler.Default);
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private static async Task FreezeAsync(Tab tab)
    {
        var devTools = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        await devTools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = "frozen" });
    }
}
