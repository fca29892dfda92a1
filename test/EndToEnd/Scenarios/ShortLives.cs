namespace Pawl.EndToEnd.Scenarios;

internal sealed class ShortLives : Scenario
{
    // A token of three seconds is fresh for two, and the timer rings at eight tenths of that at the earliest.
    public const double ShortestInterval = 0.8 * 2;

    public override string Id => "S12";

    public override string What => "a minute of traffic at a token life of three seconds (others: twenty seconds; eight in the short run)";

    public override Pace Pace => Pace.Quick;

    internal override Task RunAsync(Trial trial) =>
        TrafficAsync(
            trial,
            TimeSpan.FromSeconds(
                !trial.IsThorough ? 8
                : trial.Subject.IsOurs ? 60
                : 20
            )
        );

    public static async Task TrafficAsync(Trial trial, TimeSpan duration)
    {
        foreach (var traffic in await Task.WhenAll(trial.Tabs.Select(tab => Trial.TrafficAsync(tab, duration))))
            trial.CountTraffic(traffic);
    }
}
