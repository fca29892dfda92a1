using System.Diagnostics.Metrics;

namespace Pawl.AspNetCore;

/// <summary>The meter <c>Pawl</c>.</summary>
internal sealed class PawlMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _bound;
    private readonly Counter<long> _proofs;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _registrations;
    private readonly Counter<long> _deviceRefreshes;
    private readonly Histogram<double> _lag;

    public PawlMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Pawl");
        _started = _meter.CreateCounter<long>("pawl.sessions.started", "{session}", "Sessions started.");
        _ended = _meter.CreateCounter<long>("pawl.sessions.ended", "{session}", "Sessions ended by this node, by reason.");
        _refreshes = _meter.CreateCounter<long>(
            "pawl.refreshes",
            "{refresh}",
            "Refreshes, by outcome of the lineage rule; 'refused' counts tokens that no key of ours made."
        );
        _refused = _meter.CreateCounter<long>("pawl.access_tokens.refused", "{token}", "Access tokens refused, by cause.");
        _rejected = _meter.CreateCounter<long>("pawl.requests.rejected", "{request}", "Requests rejected before any handler ran, by code.");
        _bound = _meter.CreateCounter<long>("pawl.sessions.bound", "{session}", "Sessions bound to a device key.");
        _proofs = _meter.CreateCounter<long>("pawl.device_proofs.refused", "{proof}", "Device proofs refused or missing, by cause.");
        _lost = _meter.CreateCounter<long>("pawl.device_bindings.lost", "{refresh}", "Refreshes of bound sessions without a proof.");
        _registrations = _meter.CreateCounter<long>("pawl.device.registrations", "{registration}", "Keys that browsers have sent.");
        _deviceRefreshes = _meter.CreateCounter<long>("pawl.device.refreshes", "{refresh}", "Refreshes that browsers made by themselves.");
        _skipped = _meter.CreateCounter<long>(
            "pawl.device.skipped",
            "{request}",
            "Requests that a browser has sent without the refresh that was due, by its reason."
        );
        _lag = _meter.CreateHistogram<double>(
            "pawl.feed.lag",
            "s",
            "Time from an ending on another node until this node received it, by the clocks of both nodes."
        );
    }

    /// <summary>Adds a gauge. Its owner provides the value.</summary>
    public void Observe<T>(string name, Func<T> value, string unit, string description)
        where T : struct => _meter.CreateObservableGauge(name, value, unit, description);

    public void SessionStarted() => _started.Add(1);

    public void SessionEnded(SessionEndReason reason) => _ended.Add(1, new KeyValuePair<string, object?>("reason", Problem.Name(reason)));

    public void Refreshed(RotationOutcome outcome) => _refreshes.Add(1, new KeyValuePair<string, object?>("outcome", Name(outcome)));

    public void RefreshRefused() => _refreshes.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));

    public void AccessTokenRefused(string cause) => _refused.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public void RequestRejected(string code) => _rejected.Add(1, new KeyValuePair<string, object?>("code", code));

    public void SessionBound() => _bound.Add(1);

    public void DeviceProofRefused(string cause) => _proofs.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public void BindingLost() => _lost.Add(1);

    /// <summary>A browser has sent a key. The outcome is <c>bound</c> or the code of the problem.</summary>
    public void DeviceRegistered(string outcome) => _registrations.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void DeviceRefreshed(string outcome) => _deviceRefreshes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void DeviceRefreshSkipped(string reason) => _skipped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Learnt(TimeSpan lag) => _lag.Record(Math.Max(0, lag.TotalSeconds));

    private static string Name(RotationOutcome outcome) =>
        outcome switch
        {
            RotationOutcome.Ended => "ended",
            RotationOutcome.Expired => "expired",
            RotationOutcome.Repeated => "repeated",
            RotationOutcome.Kept => "kept",
            RotationOutcome.Rotated => "rotated",
            RotationOutcome.Recovered => "recovered",
            RotationOutcome.Reused => "reused",
            RotationOutcome.TooLate => "too_late",
            RotationOutcome.Unproven => "unproven",
            _ => "unknown",
        };

    public void Dispose() => _meter.Dispose();
}
