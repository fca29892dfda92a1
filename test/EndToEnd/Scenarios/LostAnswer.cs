using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

internal sealed class LostAnswer : Scenario
{
    public override string Id => "S3";

    public override string What => "the answer to a refresh is lost after the server has done it";

    public override Pace Pace => Pace.Settling;

    internal override async Task RunAsync(Trial trial)
    {
        // Past the settle period, where a refresh moves the session on.
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        trial.Proxy.On(trial.Subject.Refresh, Faults.DropAnswer, times: 1);
        await trial.LapseAsync();
        await trial.CallAsync(5);
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
    }
}
