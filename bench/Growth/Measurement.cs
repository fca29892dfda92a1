using System.Diagnostics;
using Pawl;

namespace Pawl.Bench.Growth;

/// <summary>What one store does with one number of sessions.</summary>
internal sealed record Measurement
{
    public required string Store { get; init; }
    public required long Sessions { get; init; }
    public required double BytesOfSession { get; init; }
    public required Rotations Rotations { get; init; }
    public required double WrittenPerRotation { get; init; }
    public double? PageImagesPerRotation { get; init; }
    public required double ListMilliseconds { get; init; }
    public required double EndAllMilliseconds { get; init; }
    public Pruning? Pruning { get; init; }
}

/// <summary>Pruning, and what callers noticed of it: how long the longest call took without it and with it.</summary>
internal sealed record Pruning(int Removed, TimeSpan Time, Rotations Before, Rotations Meanwhile);

/// <summary>Measures one store at one size.</summary>
internal sealed class Measuring(GrowingStore store, string name, long sessions, TimeSpan time)
{
    private const int ManyDevices = 100;
    private const int BusyUsers = 21;

    // So few that they do not wait for each other.
    private const int FewCallers = 4;
    private const long Dead = 1_000_000;
    private static readonly TimeSpan Life = TimeSpan.FromDays(90);

    public async Task<Measurement> RunAsync(bool prunes)
    {
        await store.Sessions.InitializeAsync(CancellationToken.None);
        var empty = await store.SizeAsync();
        Say("filling");
        await store.FillAsync(0, sessions, Life);
        await store.SettleAsync();
        var size = await store.SizeAsync() - empty;

        Say("rotating");
        var callers = new Callers(store.Sessions, sessions);
        await callers.RunAsync(64, Task.Delay(TimeSpan.FromSeconds(3)));
        await store.SettleAsync();
        var written = await store.WrittenAsync();
        var rotations = await callers.RunAsync(64, Task.Delay(time));
        var since = await store.WrittenAsync() - written;
        var images = await store.PageImagesSinceAsync(written);

        Say("listing and ending");
        var (list, end) = await ListAndEndAsync();
        return new Measurement
        {
            Store = name,
            Sessions = sessions,
            BytesOfSession = (double)size / sessions,
            Rotations = rotations,
            WrittenPerRotation = (double)since / rotations.Latencies.Count,
            PageImagesPerRotation = (double?)images / rotations.Latencies.Count,
            ListMilliseconds = list,
            EndAllMilliseconds = end,
            Pruning = prunes ? await PruneAsync(callers) : null,
        };
    }

    private async Task<(double List, double EndAll)> ListAndEndAsync()
    {
        var now = DateTimeOffset.UtcNow;
        var users = Enumerable.Range(0, BusyUsers).Select(_ => Guid.NewGuid().ToString()).ToArray();
        // Below zero: numbers that no caller draws.
        var number = 0L;
        await Parallel.ForEachAsync(
            users.SelectMany(user => Enumerable.Repeat(user, ManyDevices)),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (user, _) =>
                await store.Sessions.CreateAsync(
                    Population.Session(Interlocked.Decrement(ref number), user, now, Life),
                    CancellationToken.None
                )
        );
        await store.SettleAsync();
        var list = await MedianAsync(users, async user =>
            (await store.Sessions.ListAsync(user, null, ManyDevices, CancellationToken.None)).Count
        );
        var end = await MedianAsync(users, user => EndAllAsync(user, now));
        return (list, end);
    }

    private async Task<int> EndAllAsync(string user, DateTimeOffset now)
    {
        var count = 0;
        await foreach (var step in store.Sessions.EndAllAsync(user, null, new(SessionEndReason.Revoked, now), CancellationToken.None))
            count += step.Count;
        return count;
    }

    private static async Task<double> MedianAsync(IEnumerable<string> users, Func<string, Task<int>> act)
    {
        var times = new List<double>();
        foreach (var user in users)
        {
            var begun = Stopwatch.GetTimestamp();
            var count = await act(user);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (count != ManyDevices)
                throw new InvalidOperationException($"{count} sessions of a user who has {ManyDevices}.");
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private async Task<Pruning> PruneAsync(Callers callers)
    {
        Say("filling with dead sessions");
        await store.FillAsync(sessions, Dead, -TimeSpan.FromDays(2));
        await store.SettleAsync();
        Say("pruning");
        var before = await callers.RunAsync(FewCallers, Task.Delay(time));
        var now = DateTimeOffset.UtcNow;
        var begun = Stopwatch.GetTimestamp();
        // SQLite does it on the thread that asks.
        var pruning = Task.Run(() => store.Sessions.PruneAsync(now.AddDays(-1), now.AddDays(-14), CancellationToken.None).AsTask());
        var meanwhile = await callers.RunAsync(FewCallers, pruning);
        return new Pruning(await pruning, Stopwatch.GetElapsedTime(begun), before, meanwhile);
    }

    private void Say(string what) => Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {name}, {sessions:N0}: {what}");
}
