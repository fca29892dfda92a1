using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>What a run came to.</summary>
/// <param name="Scenario">The id of the scenario.</param>
/// <param name="Client">Which client it was.</param>
/// <param name="Browser">In which browser.</param>
/// <param name="Tabs">In how many tabs.</param>
/// <param name="Expiries">How often an access token came to its end.</param>
/// <param name="Refreshes">Refresh calls that reached the server or what stands before it.</param>
/// <param name="Broken">Those of them that the scenario made fail.</param>
/// <param name="Refused">API calls that were answered 401 on the way.</param>
/// <param name="Asked">API calls that were made.</param>
/// <param name="Failed">Those of them that were not answered as they should.</param>
/// <param name="SignOuts">Tabs that were signed out though nobody asked for it.</param>
/// <param name="Hangs">API calls that came to no end.</param>
/// <param name="Seconds">How long it took, from the moment all tabs were signed in.</param>
internal sealed record Row(
    string Scenario,
    string Client,
    Browser Browser,
    int Tabs,
    int Expiries,
    int Refreshes,
    int Broken,
    int Refused,
    int Asked,
    int Failed,
    int SignOuts,
    int Hangs,
    double Seconds
);
