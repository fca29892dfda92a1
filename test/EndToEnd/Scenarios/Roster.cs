using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>Who takes part, and in what.</summary>
internal static class Roster
{
    public static readonly IReadOnlyList<Subject> Subjects =
    [
        new PawlSubject(axios: false),
        new PawlSubject(axios: true),
        new OtherSubject("shared promise", "interceptors", "tutorial"),
        new OtherSubject("axios-auth-refresh", "interceptors", "tutorial"),
        new OtherSubject("supertokens-website", "supertokens", "supertokens")
        {
            RefreshPath = "/auth/session/refresh",
            LogoutPath = "/auth/signout",
        },
        new OtherSubject("@supabase/auth-js", "supabase", "supabase", TimeSpan.FromSeconds(90))
        {
            RefreshPath = "/auth/v1/token",
            LogoutPath = "/auth/v1/logout",
            IsTokenEndpoint = true,
        },
        new OtherSubject("@auth0/auth0-spa-js", "auth0", "auth0", TimeSpan.FromSeconds(60))
        {
            RefreshPath = "/oauth/token",
            LogoutPath = "/v2/logout",
            IsTokenEndpoint = true,
        },
        new OtherSubject("oidc-client-ts", "oidc", "oidc", TimeSpan.FromSeconds(60))
        {
            RefreshPath = "/oidc/token",
            LogoutPath = "/oidc/logout",
            IsTokenEndpoint = true,
        },
    ];

    public static readonly IReadOnlyList<Scenario> Scenarios =
    [
        new FiftyAtExpiry(),
        new WakeUp(),
        new LostAnswer(),
        .. Overloaded.All,
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

    private static readonly string? Choice = Environment.GetEnvironmentVariable("PAWL_E2E");

    /// <summary>The full matrix, of our client or of the others; else each scenario once, which every test run has time for.</summary>
    public static bool IsThorough { get; } = Choice is "all" or "others";

    /// <summary>Whether the others are run, and not ours.</summary>
    public static bool IsOfOthers { get; } = Choice is "others";

    public static IReadOnlyList<(Scenario Scenario, Subject Subject, Browser Browser, int Tabs)> Runs { get; } =
        IsThorough
            ?
            [
                .. from scenario in Scenarios
                from subject in Subjects
                where subject.IsOurs != IsOfOthers
                from browser in scenario.Browsers
                where browser == Browser.Chromium || !IsOfOthers
                from tabs in scenario.Tabs
                where tabs <= 2 || !IsOfOthers
                select (scenario, subject, browser, tabs),
            ]
            :
            [
                .. from one in Scenarios.Where(static s => !s.IsLong).Select(static (scenario, i) => (scenario, i))
                // Whichever of the two a scenario has in one browser, it has the other one in the other.
                from browser in one.scenario.Browsers
                select (one.scenario, Subjects[(one.i + (int)browser) % 2], browser, one.scenario.Tabs.Where(static n => n <= 2).Max()),
            ];
}
