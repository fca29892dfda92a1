using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A node that cannot learn what the others end says so: to whoever asks after its health, in the metrics, and once in the log.
/// </summary>
public sealed class HealthTests
{
    private static Task<TestApp> StartAsync(TestFolder? folder = null, TestClock? clock = null) =>
        TestApp.StartAsync(
            folder: folder,
            clock: clock,
            services: static s => s.AddHealthChecks().AddPawl(),
            map: static app => app.MapHealthChecks("/health")
        );

    [Requirement("SES-08", "LOG-06")]
    [Fact]
    public async Task A_feed_that_is_down_degrades_the_node_and_is_logged_once()
    {
        await using var app = await StartAsync();
        using var measured = new Measurements(app.Service<IMeterFactory>());
        Assert.Equal((200, "Healthy"), await HealthAsync(app));

        app.Store.IsFeedDown = true;
        // It notices at the next reading.
        await (await app.SignInAsync("ada")).LogoutAsync();

        await Eventually.TrueAsync(async () => await HealthAsync(app) == (200, "Degraded"), "The node says it is well.");
        measured.Observe();
        Assert.Equal(0, measured.Counts["pawl.feed.up"]);
        // Long enough for another two attempts.
        await Task.Delay(2_500, TestContext.Current.CancellationToken);
        Assert.Single(app.Logs.OfPawl(13));

        app.Store.IsFeedDown = false;
        await Eventually.TrueAsync(async () => await HealthAsync(app) == (200, "Healthy"), "The node does not recover.");
        measured.Observe();
        Assert.Equal(1, measured.Counts["pawl.feed.up"]);
        // The message follows the change.
        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(14).Any()), "The log does not say that the feed is up.");
        Assert.Single(app.Logs.OfPawl(14));
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_feed_that_hangs_without_failing_is_noticed_by_its_age()
    {
        await using var app = await StartAsync();
        using var measured = new Measurements(app.Service<IMeterFactory>());
        app.Store.FeedHangs = true;
        await (await app.SignInAsync("ada")).LogoutAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(async () => await HealthAsync(app) == (200, "Degraded"), "The node says it is well.");
        measured.Observe();
        Assert.Equal(60, measured.Counts["pawl.feed.age"]);
        // A reading that has not come back after a while is given up.
        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(13).Any()), "It is waited for without end.");
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_store_that_does_not_answer_makes_it_unhealthy()
    {
        await using var app = await StartAsync();
        app.Store.IsDown = true;
        Assert.Equal((503, "Unhealthy"), await HealthAsync(app));
        app.Store.IsDown = false;
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(async () => await HealthAsync(app) == (200, "Healthy"), "The node does not recover.");
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_store_that_is_read_and_takes_no_writes_makes_it_unhealthy()
    {
        await using var app = await StartAsync();
        Assert.Equal((200, "Healthy"), await HealthAsync(app));
        app.Store.TakesNoWrites = true;
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((503, "Unhealthy"), await HealthAsync(app));
        app.Store.TakesNoWrites = false;
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, "Healthy"), await HealthAsync(app));
    }

    [Fact]
    public async Task Many_checks_within_a_second_cause_one_write()
    {
        await using var app = await StartAsync();
        app.Store.Forget();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => HealthAsync(app)));
        Assert.Single(app.Store.Calls, static call => call is "Check");
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await HealthAsync(app);
        Assert.Equal(2, app.Store.Calls.Count(static call => call is "Check"));
    }

    [Requirement("SES-07", "LOG-06")]
    [Fact]
    public async Task A_wake_up_that_is_lost_costs_a_heartbeat_and_no_ending()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await StartAsync(folder, clock);
        await using var there = await StartAsync(folder, clock);
        using var measured = new Measurements(there.Service<IMeterFactory>());
        there.Store.NeverWakes = true;
        // The wait that is under way still wakes.
        await (await here.SignInAsync("eve")).LogoutAsync();
        await Eventually.TrueAsync(() => Task.FromResult(there.Service<EndedSessions>().Count == 1), "The first ending was missed.");

        for (var i = 0; i < 2; i++)
        {
            var ada = await here.SignInAsync("ada");
            var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
            await ada.LogoutAsync();
            clock.Advance(TimeSpan.FromSeconds(3));
            await Eventually.TrueAsync(
                async () => (await there.SendRawAsync("GET", "/me", bearer)).Code == "session_ended",
                "The ending was missed."
            );
        }
        Assert.Equal((200, "Healthy"), await HealthAsync(there));
        Assert.Empty(there.Logs.OfPawl(13));
        Assert.InRange(measured.Counts["pawl.feed.lag"], 3, 6);
    }

    private static async Task<(int, string)> HealthAsync(TestApp app) =>
        await app.SendRawAsync("GET", "/health") is var answer ? (answer.Status, answer.Body) : default;
}
