namespace Pawl.EndToEnd.Scenarios;

internal sealed class ReloadStorm : Scenario
{
    public override string Id => "S14";

    public override string What => "ten reloads in five seconds, each in the middle of a refresh";

    public override Pace Pace => Pace.Settling;

    internal override async Task RunAsync(Trial trial)
    {
        for (var reload = 0; reload < 10; reload++)
        {
            await trial.LapseAsync();
            var asked = trial.Proxy.Count(trial.Subject.Refresh);
            await trial.First.Page.EvaluateAsync("() => { call('/api/me'); }");
            // Whoever has been signed out on the way refreshes no more, which the end will show.
            for (var patience = 0; patience < 20 && trial.Proxy.Count(trial.Subject.Refresh) == asked; patience++)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            await trial.First.LoadAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        }
    }

    // The new page may ask once more while the answer to the old one's is on its way.
    internal override (int Least, int Most) Refreshes(Trial trial) => (1, 2 * trial.Expiries);
}
