using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Pawl.EndToEnd.DeviceBinding;
using Pawl.EndToEnd.Harness;
using Pawl.EndToEnd.Scenarios;

[assembly: AssemblyFixture(typeof(DeviceResults))]

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>
/// What the browsers did in each scenario. After a run of <c>./build.cs e2e</c> with all of them it becomes the table of
/// docs/device-binding.md.
/// </summary>
public sealed class DeviceResults : IDisposable
{
    private const string Begin = "<!-- begin: written by ./build.cs e2e -->";
    private const string End = "<!-- end -->";

    // Tests run in any order, so the parts are sorted.
    private readonly ConcurrentDictionary<(DeviceScenario, bool IsFirefox), ImmutableSortedSet<string>> _seen = new();

    internal void Add(DeviceScenario scenario, Browser browser, string what) =>
        _seen.AddOrUpdate((scenario, browser is Browser.Firefox), [what], (_, before) => before.Add(what));

    public void Dispose()
    {
        if (!Roster.IsThorough || DeviceScenario.All.Any(scenario => !_seen.ContainsKey((scenario, false))))
            return;
        var path = Repository.File("docs/device-binding.md");
        var text = File.ReadAllText(path);
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = text.IndexOf(End, from, StringComparison.Ordinal);
        File.WriteAllText(path, text[..from] + Describe() + text[to..]);
    }

    private string Describe()
    {
        var text = new StringBuilder("\n\n| Scenario | What is demanded | Chromium, bound | Firefox, not bound |\n|---|---|---|---|\n");
        foreach (var scenario in DeviceScenario.All)
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {scenario.What} | {scenario.Bar} | {Of(scenario, false)} | {Of(scenario, true)} |\n"
            );
        return text.Append('\n').ToString();
    }

    private string Of(DeviceScenario scenario, bool isFirefox) =>
        _seen.TryGetValue((scenario, isFirefox), out var parts) ? string.Join("; ", parts) : "–";
}
