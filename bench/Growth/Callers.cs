using System.Diagnostics;
using Pawl;

namespace Pawl.Bench.Growth;

/// <summary>
/// Callers that rotate sessions drawn at random, each one after the other, from its own share of them: the worst there is for any cache.
/// </summary>
internal sealed class Callers(ISessionStore store, long sessions)
{
    private readonly ushort[] generations = new ushort[sessions];

    /// <summary>So many rotate until something else is over.</summary>
    public async Task<Rotations> RunAsync(int count, Task until)
    {
        using var stop = new CancellationTokenSource();
        var begun = Stopwatch.GetTimestamp();
        var callers = Enumerable.Range(0, count).Select(caller => Task.Run(() => RotateAsync(caller, count, stop.Token))).ToArray();
        await until;
        await stop.CancelAsync();
        var latencies = await Task.WhenAll(callers);
        return new Rotations(Stopwatch.GetElapsedTime(begun), [.. latencies.SelectMany(all => all).Order()]);
    }

    private async Task<List<long>> RotateAsync(int caller, int count, CancellationToken stop)
    {
        var latencies = new List<long>();
        while (!stop.IsCancellationRequested)
        {
            var number = (Random.Shared.NextInt64(sessions / count) * count) + caller;
            var generation = generations[number];
            var now = DateTimeOffset.UtcNow;
            var move = new SessionMove(
                Population.Id(number),
                Population.Head(number, generation),
                Population.Head(number, generation + 1u),
                now,
                now.AddDays(-14)
            );
            var begun = Stopwatch.GetTimestamp();
            if (await store.RotateAsync(move, CancellationToken.None) is null)
                throw new InvalidOperationException($"Session {number} could not be moved on from generation {generation}.");
            latencies.Add(Stopwatch.GetTimestamp() - begun);
            generations[number]++;
        }

        return latencies;
    }
}

/// <summary>What callers have done, with all latencies in order.</summary>
internal sealed record Rotations(TimeSpan Time, IReadOnlyList<long> Latencies)
{
    public double PerSecond => Latencies.Count / Time.TotalSeconds;

    public double Milliseconds(double quantile) =>
        Latencies.Count == 0
            ? 0
            : Stopwatch
                .GetElapsedTime(0, Latencies[Math.Clamp((int)Math.Ceiling(quantile * Latencies.Count) - 1, 0, Latencies.Count - 1)])
                .TotalMilliseconds;
}
