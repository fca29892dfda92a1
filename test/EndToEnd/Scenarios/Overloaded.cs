using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

internal sealed class Overloaded : Scenario
{
    public override string Id => "S4";

    public override string What => "the refresh is answered 503 three times, then 403 by a firewall, 200 by a captive portal, 429 with Retry-After: 1, then well";

    internal override async Task RunAsync(Trial trial)
    {
        var busy = Faults.Answer(503);
        trial.Proxy.On(trial.Subject.Refresh, Faults.InTurn(busy, busy, busy, Faults.Answer(403), Faults.Answer(200), Faults.Answer(429, retryAfter: "1")));
        await trial.LapseAsync();
        await trial.CallAsync(5);
        // Whoever gave up has given up; the next expiry is to find all well.
        trial.Proxy.Heal(trial.Subject.Refresh);
    }
}
