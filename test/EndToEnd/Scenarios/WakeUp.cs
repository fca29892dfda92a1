namespace Pawl.EndToEnd.Scenarios;

/// <summary>State that tabs see at different times shows in few rounds of a hundred, so the full matrix has two hundred.</summary>
internal sealed class WakeUp : Scenario
{
    public override string Id => "S2";

    public override string What =>
        "all tabs wake at once with an expired token, ten times (full matrix: Pawl two hundred times, others twenty)";

    public override IReadOnlyList<int> Tabs => [2, 5];

    internal override async Task RunAsync(Trial trial)
    {
        for (
            var round = 0;
            round
                < (
                    trial.IsThorough
                        ? trial.Subject.IsOurs
                            ? 200
                            : 20
                        : 10
                );
            round++
        )
        {
            await trial.LapseAsync();
            await trial.CallAsync(1);
        }
    }
}
