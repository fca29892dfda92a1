namespace Pawl.EndToEnd.Scenarios;

internal sealed class Offline : Scenario
{
    public override string Id => "S5";

    public override string What => "offline for ten seconds when a refresh is due (three in the short run)";

    internal override async Task RunAsync(Trial trial)
    {
        await trial.LapseAsync();
        await trial.Visitor.Context.SetOfflineAsync(true);
        var calls = trial.CallAsync(5);
        await Task.Delay(TimeSpan.FromSeconds(trial.IsThorough ? 10 : 3), TestContext.Current.CancellationToken);
        await trial.Visitor.Context.SetOfflineAsync(false);
        await calls;
    }
}
