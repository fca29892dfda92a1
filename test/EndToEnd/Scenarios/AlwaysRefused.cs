using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

internal sealed class AlwaysRefused : Scenario
{
    private const string Stubborn = "/api/stubborn";

    public override string Id => "S11";

    public override string What =>
        "an endpoint that answers 401 whatever it is shown; asked more than twice by a request, it counts as failed";

    internal override async Task RunAsync(Trial trial)
    {
        const int Requests = 10;
        trial.Proxy.On(
            Stubborn,
            Faults.Answer(
                401,
                contentType: "application/problem+json",
                body: """{"code":"access_token_invalid"}""",
                challenge: "Bearer error=\"invalid_token\""
            )
        );
        await trial.CallAsync(Requests, Stubborn, static reply => reply.Status == 401);
        trial.Failed += Math.Max(0, trial.Proxy.Count(Stubborn) - (2 * Requests * trial.Tabs.Count));
    }

    // Nothing has expired, but a tab may believe the server once.
    internal override (int Least, int Most) Refreshes(Trial trial) => (trial.Expiries, trial.Expiries + trial.Tabs.Count);
}
