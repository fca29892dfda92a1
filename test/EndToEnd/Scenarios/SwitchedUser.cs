using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>What a tab has asked for one user must not be answered for another.</summary>
internal sealed class SwitchedUser : Scenario
{
    public override string Id => "S9";

    public override string What =>
        "another user signs in in the last tab while requests of the first one wait; a request answered as the other user has failed";

    public override IReadOnlyList<int> Tabs => [2, 5];

    // The first user's session has been replaced.
    public override bool EndsSignedOut => true;

    internal override int SignIns => 1;

    internal override bool MayBeRefused => true;

    internal override async Task RunAsync(Trial trial)
    {
        var (ann, bob) = (trial.First, trial.Tabs[^1]);
        var other = User.New("bob");
        await trial.Subject.RegisterAsync(bob, other);
        var gate = new Gate();
        trial.Proxy.On(trial.Subject.Refresh, gate.Before, times: 1);
        await trial.LapseAsync();
        var queued = trial.CallAsync(ann, 5, good: reply => !reply.Body.Contains(other.Email, StringComparison.Ordinal));
        await Eventually.TrueAsync(() => gate.Waiting == 1, "the requests wait for a refresh");

        await bob.RunAsync<object?>("(user) => client.signIn(user)", other.Credentials);
        gate.Open();
        await queued;

        await trial.CallAsync(bob, 5, good: reply => reply.Status == 200 && reply.Body.Contains(other.Email, StringComparison.Ordinal));
    }

    // The first user's refresh is given up when the second one signs in, or refused if it has reached the server before.
    internal override (int Least, int Most) Refreshes(Trial trial) => (0, 1);
}
