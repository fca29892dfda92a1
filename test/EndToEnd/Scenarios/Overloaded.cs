using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>
/// Answers to a refresh that say nothing of the session. No more of them than a client can sit out within the time that callers are made to
/// wait.
/// </summary>
internal sealed class Overloaded(string id, string what, params Fault[] answers) : Scenario
{
    public static readonly Scenario[] All =
    [
        new Overloaded(
            "S4 busy",
            "the refresh is answered 503 three times, then 429 with Retry-After: 1, then well",
            Faults.Answer(503),
            Faults.Answer(503),
            Faults.Answer(503),
            Faults.Answer(429, retryAfter: "1")
        ),
        new Overloaded(
            "S4 in between",
            "the refresh is answered 403 by a firewall, then 200 by a captive portal, then well",
            Faults.Answer(403),
            Faults.Answer(200)
        ),
    ];

    public override string Id => id;

    public override string What => what;

    internal override async Task RunAsync(Trial trial)
    {
        trial.Proxy.On(trial.Subject.Refresh, Faults.InTurn(answers));
        await trial.LapseAsync();
        await trial.CallAsync(5);
        // Whoever gave up has given up; the next expiry is to find all well.
        trial.Proxy.Heal(trial.Subject.Refresh);
    }
}
