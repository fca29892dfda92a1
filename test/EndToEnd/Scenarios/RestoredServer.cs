using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>What fails while there is no server is nobody's fault, and not counted.</summary>
internal sealed class RestoredServer : Scenario
{
    public override string Id => "S16";

    public override string What => "the server is killed under traffic, and comes back with its store as it was some refreshes before";

    public override Pace Pace => Pace.Quick;

    public override bool HasOwnServer => true;

    // By whom it is asked while it starts, with a token that has just run out.
    internal override bool MayBeRefused => true;

    internal override async Task RunAsync(Trial trial)
    {
        var (server, refresh) = ((ServerProcess)trial.Visitor.Server, trial.Subject.Refresh);
        await server.KillAsync();
        var backup = server.Save();
        await server.StartAsync();
        var traffic = trial.Tabs.Select(tab => Trial.TrafficAsync(tab)).ToList();
        await RefreshedAsync(trial, refresh, 3);
        await server.KillAsync();
        server.Restore(backup);
        await server.StartAsync();
        await RefreshedAsync(trial, refresh, 3);
        foreach (var tab in trial.Tabs)
            await Trial.EnoughAsync(tab);
        foreach (var replies in await Task.WhenAll(traffic))
            trial.CountTraffic(replies, static reply => reply.Status == 0);
    }

    internal override (int Least, int Most) Refreshes(Trial trial) => (3, int.MaxValue);

    // Or as long as that would take: whoever has been signed out refreshes no more.
    private static async Task RefreshedAsync(Trial trial, string refresh, int times)
    {
        var before = trial.Proxy.Of(refresh).Count(static e => e.Status == 200);
        for (
            var until = DateTime.UtcNow.AddSeconds(12);
            DateTime.UtcNow < until && trial.Proxy.Of(refresh).Count(static e => e.Status == 200) < before + times;

        )
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
