namespace Pawl.EndToEnd.Scenarios;

internal sealed class FiftyAtExpiry : Scenario
{
    public override string Id => "S1";

    public override string What => "fifty requests in each tab at the moment of expiry";

    internal override async Task RunAsync(Trial trial)
    {
        await trial.LapseAsync();
        await trial.CallAsync(50);
    }
}
