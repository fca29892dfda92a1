using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>
/// Every scenario, with every client, in one tab and in several. Of our client it is demanded that nobody notices anything; of the others it is written down
/// what happened. <c>PAWL_E2E=all</c> runs the full matrix, for docs/comparison.md; without, one and two tabs of <c>session.fetch</c> are enough.
/// </summary>
public sealed class Contest(World world, Results results) : BrowserTest(world)
{
    private static readonly bool IsThorough = Environment.GetEnvironmentVariable("PAWL_E2E") == "all";

    public static TheoryData<string, string, int> Runs
    {
        get
        {
            var runs = new TheoryData<string, string, int>();
            foreach (var scenario in Roster.Scenarios.Where(static s => IsThorough || !s.IsLong))
            {
                foreach (var subject in IsThorough ? Roster.Subjects : Roster.Subjects.Take(1))
                {
                    foreach (var tabs in scenario.Tabs.Where(static n => IsThorough || n <= 2))
                        runs.Add(scenario.Id, subject.Name, tabs);
                }
            }
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Nobody_notices(string scenarioId, string client, int tabs)
    {
        var scenario = Roster.Scenarios.Single(s => s.Id == scenarioId);
        var subject = Roster.Subjects.Single(s => s.Name == client);
        if (subject.Excuse(scenario) is { } excuse)
        {
            Say($"Not for {client}: {excuse}.");
            return;
        }
        await using var own = scenario.HasOwnServer ? await ServerProcess.StartAsync(subject.Server(scenario.Pace)) : null;
        var visitor = await VisitAsync(own ?? await World.ServerAsync(subject.Server(scenario.Pace)), script: subject.Script);
        await subject.PrepareAsync(visitor);
        await scenario.PrepareAsync(visitor);
        var trial = new Trial(subject, visitor, IsThorough);
        await trial.OpenAsync(tabs);

        await scenario.RunAsync(trial);
        var row = await trial.FinishAsync(scenario, tabs);

        results.Add(row);
        Say($"{row}");
        if (!subject.IsOurs)
            return;
        Assert.Equal(0, row.Failed);
        Assert.Equal(0, row.SignOuts);
        Assert.Equal(0, row.Hangs);
        Assert.Equal(0, scenario.MayBeRefused ? 0 : row.Refused);
        var (least, most) = scenario.Refreshes(trial);
        Assert.InRange(row.Refreshes - row.Broken, least, most);
    }
}
