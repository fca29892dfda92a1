using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Pawl.EndToEnd.Harness;

/// <summary>Something that Chromium says about a device-bound session.</summary>
/// <param name="Kind"><c>creation</c>, <c>refresh</c>, <c>challenge</c> or <c>termination</c>.</param>
/// <param name="Result">The browser's own word for the outcome.</param>
/// <param name="Session">The id of the session, if it has one.</param>
internal sealed record DeviceEvent(string Kind, string Result, string? Session)
{
    public override string ToString() => $"{Kind} {Result} [{Session}]";
}

/// <summary>What Chromium itself says about its device-bound sessions, by its DevTools.</summary>
internal sealed class DeviceEvents
{
    private static readonly (string Kind, string[] Results)[] Kinds =
    [
        ("creation", ["fetchResult"]),
        ("refresh", ["fetchResult", "refreshResult"]),
        ("challenge", ["challengeResult"]),
        ("termination", ["deletionReason"]),
    ];

    private readonly ConcurrentQueue<DeviceEvent> _all = [];

    private DeviceEvents() { }

    /// <summary>All so far, oldest first.</summary>
    public IReadOnlyList<DeviceEvent> All => [.. _all];

    /// <summary>How many registrations have led to a session.</summary>
    public int Created => Count("creation", "Success");

    /// <summary>Why the browser has ended sessions of its own.</summary>
    public IEnumerable<string> Ended => _all.Where(static e => e.Kind == "termination").Select(static e => e.Result);

    /// <summary>Listens from now on, as long as the page is open.</summary>
    public static async Task<DeviceEvents> ListenAsync(IPage page)
    {
        var events = new DeviceEvents();
        var devTools = await page.Context.NewCDPSessionAsync(page);
        devTools.Event("Network.deviceBoundSessionEventOccurred").OnEvent += (_, e) =>
        {
            if (e is { } happened)
                events.Take(happened);
        };
        await devTools.SendAsync("Network.enable");
        await devTools.SendAsync("Network.enableDeviceBoundSessions", new() { ["enable"] = true });
        return events;
    }

    public int Count(string kind, string result) => _all.Count(e => e.Kind == kind && e.Result.Split(' ').Contains(result));

    private void Take(JsonElement e)
    {
        foreach (var (kind, results) in Kinds)
        {
            if (!e.TryGetProperty(kind + "EventDetails", out var details))
                continue;
            var words = results.Select(name => details.TryGetProperty(name, out var word) ? word.GetString() : null).OfType<string>();
            _all.Enqueue(new(kind, string.Join(' ', words), e.TryGetProperty("sessionId", out var session) ? session.GetString() : null));
        }
    }
}
