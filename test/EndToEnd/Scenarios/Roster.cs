namespace Pawl.EndToEnd.Scenarios;

/// <summary>Who takes part, and in what.</summary>
internal static class Roster
{
    public static readonly IReadOnlyList<Subject> Subjects = [new PawlSubject(axios: false), new PawlSubject(axios: true)];

    public static readonly IReadOnlyList<Scenario> Scenarios =
    [
        new FiftyAtExpiry(),
        new WakeUp(),
        new LostAnswer(),
        new Overloaded(),
        new Offline(),
        .. WrongClock.All,
        .. LostHolder.All,
        .. SignedOut.All,
        new SwitchedUser(),
        new RepeatedBodies(),
        new AlwaysRefused(),
        new ShortLives(),
        .. MissingInterface.All,
        new ReloadStorm(),
        new StrictPolicy(),
        new RestoredServer(),
    ];

    /// <summary>The full matrix; else each scenario once, which every test run has time for.</summary>
    public static bool IsThorough { get; } = Environment.GetEnvironmentVariable("PAWL_E2E") == "all";

    public static IReadOnlyList<(Scenario Scenario, Subject Subject, int Tabs)> Runs { get; } = IsThorough
        ? [.. from scenario in Scenarios from subject in Subjects from tabs in scenario.Tabs select (scenario, subject, tabs)]
        : [.. Scenarios.Where(static s => !s.IsLong).Select(static (s, i) => (s, Subjects[i % Subjects.Count], s.Tabs.Where(static n => n <= 2).Max()))];
}
