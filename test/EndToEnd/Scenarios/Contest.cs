using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>
/// Every scenario, with every client, in every browser where it can be brought about, in one tab and in several. Of our client it is
/// demanded that nobody notices anything; of the others, in Chromium alone, it is written down what happened. <c>PAWL_E2E=all</c> runs
/// the full matrix, for bench/clients/RESULTS.md; without, each scenario runs once in each browser, in two tabs where it can, with
/// <c>session.fetch</c> and axios in turn.
/// </summary>
[Collection(AtATime.Name)]
public sealed class Contest(World world, Results results) : BrowserTest(world)
{
    public static IEnumerable<TheoryDataRow<string, string, Browser, int>> Runs =>
        Roster.Runs.Select(static run =>
            new TheoryDataRow<string, string, Browser, int>(run.Scenario.Id, run.Subject.Name, run.Browser, run.Tabs).WithTrait(
                nameof(Browser),
                $"{run.Browser}"
            )
        );

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Nobody_notices(string scenarioId, string client, Browser browser, int tabs)
    {
        var scenario = Roster.Scenarios.Single(s => s.Id == scenarioId);
        var subject = Roster.Subjects.Single(s => s.Name == client);
        await using var own = scenario.HasOwnServer ? await ServerProcess.StartAsync(subject.Server(scenario.Pace)) : null;
        var visitor = await VisitAsync(
            own ?? await World.ServerAsync(subject.Server(scenario.Pace)),
            script: subject.Script,
            browser: browser
        );
        await subject.PrepareAsync(visitor);
        await scenario.PrepareAsync(visitor);
        var trial = new Trial(subject, visitor, Roster.IsThorough);
        var isOpen = await trial.OpenAsync(tabs);
        if (isOpen)
            await scenario.RunAsync(trial);
        var row = isOpen ? await trial.FinishAsync(scenario, browser, tabs) : trial.NotSignedIn(scenario, browser, tabs);

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
