using System.Diagnostics;

namespace Pawl.Bench.Load;

/// <summary>Runs one slot: sign in, connect, warm up, count.</summary>
internal static class SlotRun
{
    private const int StackSize = 256 * 1024;

    public static SlotResult Run(Slot slot, SignIns signIns)
    {
        var sessions = signIns.For(slot).ToArray();
        var phase = new Phase();
        var workers = Enumerable.Range(0, slot.Connections).Select(i => new Worker(slot, Share(sessions, slot, i), phase)).ToArray();
        var threads = workers.Select(worker => new Thread(worker.Run, StackSize)).ToArray();
        Array.ForEach(threads, thread => thread.Start());

        Thread.Sleep(TimeSpan.FromSeconds(slot.WarmUpSeconds));
        ProcessUsage.ResetPeakRss(slot.ProcessId);
        var before = Reading.Take(slot);
        phase.Counting = true;
        Thread.Sleep(TimeSpan.FromSeconds(slot.Seconds));
        phase.Counting = false;
        var after = Reading.Take(slot);
        var peak = ProcessUsage.PeakRssMiB(slot.ProcessId);

        phase.Ended = true;
        Array.ForEach(threads, thread => thread.Join());
        return Sum(slot, workers, before, after, peak);
    }

    private static ReadOnlyMemory<LoadSession> Share(LoadSession[] sessions, Slot slot, int connection) =>
        sessions.Length == 0 ? default : sessions.AsMemory(connection * slot.SessionsPerConnection, slot.SessionsPerConnection);

    private static SlotResult Sum(Slot slot, Worker[] workers, Reading before, Reading after, double peakRss)
    {
        var latencies = workers.SelectMany(worker => worker.Latencies).Order().ToArray();
        var seconds = Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds;
        var database = after.Database - before.Database;
        var server = after.Server - before.Server + database;
        var load = after.Load - before.Load;
        return new SlotResult
        {
            Subject = slot.Subject,
            Connections = slot.Connections,
            Seconds = seconds,
            Requests = latencies.Length,
            RequestsPerSecond = latencies.Length / seconds,
            NewTokens = workers.Sum(worker => worker.NewTokens),
            Errors = workers.Sum(worker => worker.Errors),
            FirstError = workers.Select(worker => worker.FirstError).FirstOrDefault(error => error is not null),
            P50 = Quantile(latencies, 0.50),
            P99 = Quantile(latencies, 0.99),
            Max = Quantile(latencies, 1),
            ServerCpuPerRequest = latencies.Length == 0 ? 0 : server * 1e6 / latencies.Length,
            DatabaseCpuPerRequest = latencies.Length == 0 ? 0 : database * 1e6 / latencies.Length,
            ServerCores = server / seconds,
            LoadCores = load / seconds,
            OtherCores = Math.Max(0, after.Machine - before.Machine - server - load) / seconds,
            PeakRssMiB = peakRss,
        };
    }

    private static double Quantile(long[] sorted, double quantile) =>
        sorted.Length == 0
            ? 0
            : Stopwatch
                .GetElapsedTime(0, sorted[Math.Clamp((int)Math.Ceiling(quantile * sorted.Length) - 1, 0, sorted.Length - 1)])
                .TotalMicroseconds;

    private readonly record struct Reading(long At, double Server, double Database, double Load, double Machine)
    {
        public static Reading Take(Slot slot) =>
            new(
                Stopwatch.GetTimestamp(),
                ProcessUsage.CpuSeconds(slot.ProcessId),
                slot.DatabaseProcessId is { } database ? ProcessUsage.CpuSeconds(database) : 0,
                Environment.CpuUsage.TotalTime.TotalSeconds,
                ProcessUsage.MachineCpuSeconds()
            );
    }
}
