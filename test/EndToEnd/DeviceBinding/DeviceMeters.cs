using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>The counters of one app, by name and tag: <c>pawl.device.refreshes kept</c>.</summary>
internal sealed class DeviceMeters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public DeviceMeters(IServiceProvider services)
    {
        var owner = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Pawl" && ReferenceEquals(instrument.Meter.Scope, owner))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, count, tags, _) =>
            {
                var key = instrument.Name;
                foreach (var tag in tags)
                    key += $" {tag.Value}";
                _counts.AddOrUpdate(key, count, (_, before) => before + count);
            }
        );
        _listener.Start();
    }

    public long Count(string key) => _counts.GetValueOrDefault(key);

    /// <summary>All that have counted anything, for the output of a test that has failed.</summary>
    public IEnumerable<string> Describe() => _counts.Select(static pair => $"{pair.Key}: {pair.Value}").Order(StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();
}
