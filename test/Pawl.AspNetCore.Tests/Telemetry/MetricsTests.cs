using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Pawl.AspNetCore.Tests;

/// <summary>The meter <c>Pawl</c> counts by outcome.</summary>
public sealed class MetricsTests
{
    [Requirement("LOG-06")]
    [Fact]
    public async Task Counts_each_outcome_under_its_name()
    {
        await using var app = await TestApp.StartAsync();
        using var measured = new Measurements(app.Service<IMeterFactory>());
        var ada = await app.SignInAsync("ada");
        await ada.RefreshAsync();
        var stolen = ada.Copy();
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await ada.RefreshAsync();
        await stolen.Copy().RefreshAsync();
        var head = app.Folder.Query<long>("SELECT head_token FROM pawl_sessions");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await ada.RefreshAsync();
        app.Folder.Query<string>($"UPDATE pawl_sessions SET head_generation = 0, head_token = {head} + 1 RETURNING 'lost'");
        await ada.RefreshAsync();
        await stolen.RefreshAsync();
        await ada.RefreshAsync();
        await app.NewBrowser().SendAsync(HttpMethod.Post, "/auth/token", Browser.Form("grant_type=refresh_token&refresh_token=x"));
        await app.SendRawAsync("POST", "/auth/refresh", ("Cookie", $"{PawlDefaults.RefreshCookie}=x"), ("Sec-Fetch-Site", "none"));
        await app.SendRawAsync("POST", "/auth/refresh", ("Cookie", $"{PawlDefaults.RefreshCookie}=x"), ("Sec-Fetch-Site", "cross-site"));
        await app.SendRawAsync("GET", "/me", ("Authorization", "Bearer x"));
        await ada.MeAsync();
        await app.SendRawAsync(
            "POST",
            "/login",
            "{\"name\":\"eve\"}"u8.ToArray(),
            ("Content-Type", "application/json"),
            ("Sec-Fetch-Site", "cross-site")
        );

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["pawl.sessions.started"] = 1,
                ["pawl.sessions.ended reason=token_reused"] = 1,
                ["pawl.refreshes outcome=kept"] = 1,
                ["pawl.refreshes outcome=rotated"] = 2,
                ["pawl.refreshes outcome=repeated"] = 1,
                ["pawl.refreshes outcome=recovered"] = 1,
                ["pawl.refreshes outcome=reused"] = 1,
                ["pawl.refreshes outcome=ended"] = 1,
                ["pawl.refreshes outcome=refused"] = 1,
                ["pawl.requests.rejected code=csrf_rejected"] = 2,
                ["pawl.access_tokens.refused cause=Malformed"] = 1,
                // None with the refresh, which is about the refresh token alone.
                ["pawl.access_tokens.refused cause=session_ended"] = 1,
            },
            measured.Counts.OrderBy(static c => c.Key).ToDictionary()
        );
    }

    [Requirement("LOG-06")]
    [Fact]
    public async Task Counts_a_refresh_whose_verdict_came_too_late()
    {
        await using var app = await TestApp.StartAsync();
        using var measured = new Measurements(app.Service<IMeterFactory>());
        var ada = await app.SignInAsync("ada");
        var spent = ada.Copy();
        for (var refresh = 0; refresh < 2; refresh++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            await ada.RefreshAsync();
        }
        app.Store.Before = call =>
        {
            if (call == "Find")
                app.Clock.Advance(TimeSpan.FromSeconds(11));
            return Task.CompletedTask;
        };
        Assert.Equal("store_unavailable", (await spent.RefreshAsync()).Code);
        Assert.Equal(1, measured.Counts["pawl.refreshes outcome=too_late"]);
    }

    [Requirement("LOG-06")]
    [Fact]
    public async Task Gauges_what_is_remembered()
    {
        await using var app = await TestApp.StartAsync();
        using var measured = new Measurements(app.Service<IMeterFactory>());
        var ada = await app.SignInAsync("ada");
        await ada.MeAsync();
        await ada.LogoutAsync();
        measured.Observe();
        Assert.Equal(1, measured.Counts["pawl.sessions.revoked"]);
        Assert.InRange(measured.Counts["pawl.access_tokens.cached"], 1000, 10_000);
    }

    [Requirement("LOG-06")]
    [Fact]
    public async Task An_expired_session_is_counted_as_that()
    {
        await using var app = await TestApp.StartAsync(static o => o.IdleTimeout = TimeSpan.FromHours(1));
        using var measured = new Measurements(app.Service<IMeterFactory>());
        var token = (await app.SignInAsync("ada")).RefreshToken;
        app.Clock.Advance(TimeSpan.FromHours(1));
        await app.SendRawAsync("POST", "/auth/refresh", ("Cookie", $"{PawlDefaults.RefreshCookie}={token}"), ("Sec-Fetch-Site", "none"));
        Assert.Equal(1, measured.Counts["pawl.refreshes outcome=expired"]);
    }
}

/// <summary>What one app's meter has said.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public Measurements(object meterScope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Pawl" && ReferenceEquals(instrument.Meter.Scope, meterScope))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Take);
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, state) => Take(instrument, (long)value, tags, state));
        _listener.Start();
    }

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Observe() => _listener.RecordObservableInstruments();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var key = instrument.Name;
        foreach (var (name, tag) in tags)
            key += $" {name}={tag}";
        _counts.AddOrUpdate(key, value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }

    public void Dispose() => _listener.Dispose();
}
