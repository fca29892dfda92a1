using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>
/// Our page is as strict in all the other scenarios, too; here violations are counted, and other clients' pages are as strict.
/// </summary>
internal sealed class StrictPolicy : Scenario
{
    public override string Id => "S15";

    public override string What => "a page with default-src 'none' and Trusted Types; a violation counts as failed";

    public override IReadOnlyList<int> Tabs => [1];

    internal override Task PrepareAsync(Visitor visitor)
    {
        visitor.Proxy.AddPage(Tab.Path, "<!doctype html><title>A page of the app</title>", Visitor.Strict);
        return visitor.Context.AddInitScriptAsync(
            "window.violations = 0; addEventListener('securitypolicyviolation', () => violations++);"
        );
    }

    internal override async Task RunAsync(Trial trial)
    {
        await trial.LapseAsync();
        await trial.CallAsync(20);
        trial.Failed += await trial.First.RunAsync<int>("() => violations");
    }
}
