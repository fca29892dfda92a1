using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

internal sealed class MissingInterface(string name, string script) : Scenario
{
    private const string Locks = "Web Locks";

    public static readonly Scenario[] All =
    [
        new MissingInterface(Locks, "delete Navigator.prototype.locks;"),
        new MissingInterface("cookieStore", "delete window.cookieStore;"),
        new MissingInterface("BroadcastChannel", "delete window.BroadcastChannel;"),
    ];

    public override string Id => "S13 " + name;

    public override string What => $"a browser without {name}: three expiries in all tabs at once";

    internal override Task PrepareAsync(Visitor visitor) => visitor.Context.AddInitScriptAsync(script);

    internal override async Task RunAsync(Trial trial)
    {
        for (var round = 0; round < 3; round++)
        {
            await trial.LapseAsync();
            await trial.CallAsync(5);
        }
    }

    // Without locks each tab may do the work itself.
    internal override (int Least, int Most) Refreshes(Trial trial) =>
        (trial.Expiries, trial.Expiries * (name == Locks ? trial.Tabs.Count : 1));
}
