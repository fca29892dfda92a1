namespace Pawl.EndToEnd.Scenarios;

/// <summary>Who takes part, and in what.</summary>
internal static class Roster
{
    /// <summary>The first one runs in every test run.</summary>
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
}
