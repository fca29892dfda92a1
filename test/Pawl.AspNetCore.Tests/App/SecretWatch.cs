using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Listens to all that an app says of itself, in whichever test it is started: logs, traces, metrics and problem bodies, Pawl's and the
/// framework's. None of it may hold anything that opens a session: no token, no cookie's value, no key, no password.
/// </summary>
internal sealed class SecretWatch : IDisposable
{
    // Any twenty characters of the part that proves it would be too much: the end of a token, the whole of a key.
    private const int Length = 20;

    private readonly CapturedLogs _logs;
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);
    private readonly MeterListener _measurements = new();
    private readonly ActivityListener _traces;

    public SecretWatch(CapturedLogs logs)
    {
        _logs = logs;
        _measurements.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _measurements.SetMeasurementEventCallback<int>(Take);
        _measurements.SetMeasurementEventCallback<long>(Take);
        _measurements.SetMeasurementEventCallback<double>(Take);
        _measurements.Start();
        _traces = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _said.TryAdd(Describe(activity), true),
        };
        ActivitySource.AddActivityListener(_traces);
    }

    /// <summary>A problem is for whoever asked, and ends up in their logs.</summary>
    public void Hear(Answer answer)
    {
        if (answer["Content-Type"]?.StartsWith("application/problem+json", StringComparison.Ordinal) == true)
            _said.TryAdd(answer.Body, true);
    }

    /// <summary>Fails with the first line in which one of the secrets is.</summary>
    public void Check(IEnumerable<string> secrets)
    {
        _measurements.RecordObservableInstruments();
        var ends = SearchValues.Create(
            [.. secrets.Where(static s => s.Length > 0).Select(static s => s[^Math.Min(Length, s.Length)..])],
            StringComparison.Ordinal
        );
        foreach (var line in _logs.All.Select(static e => e.ToString()).Concat(_said.Keys))
            Assert.False(line.AsSpan().ContainsAny(ends), "A secret was told: " + line);
    }

    private void Take<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct
    {
        foreach (var (name, tag) in tags)
            _said.TryAdd($"{instrument.Name} {name}={tag}", true);
    }

    private static string Describe(Activity activity)
    {
        var events = string.Join(' ', activity.Events.Select(static e => $"{e.Name} {Join(e.Tags)}"));
        return $"{activity.Source.Name} {activity.DisplayName} {activity.StatusDescription} "
            + $"{Join(activity.TagObjects)} {Join(activity.Baggage)} {events}";
    }

    private static string Join<T>(IEnumerable<KeyValuePair<string, T>> pairs) =>
        string.Join(' ', pairs.Select(static p => $"{p.Key}={p.Value}"));

    public void Dispose()
    {
        _measurements.Dispose();
        _traces.Dispose();
    }
}
