using System.Diagnostics;
using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>
/// A program that brings its own load straight to the contest's database, with no server between: what is left when everything but the
/// statement is taken away.
/// </summary>
internal abstract class Tool
{
    /// <summary>Makes what it works on, once.</summary>
    public abstract void Prepare(DatabaseServer database, int sessions);

    public abstract Task<SlotResult> RunAsync(string subject, DatabaseServer database, int connections, double warmUp, double seconds);

    /// <summary>
    /// Runs the program and reads what it and the database use between the end of the warm-up and the end of the counted time.
    /// </summary>
    protected static async Task<Window> MeasureAsync(IEnumerable<string> command, DatabaseServer database, double warmUp, double seconds)
    {
        using var process = new ChildProcess(command, database.Folder, cpu: null);
        var output = process.Output.ReadToEndAsync();
        await Task.Delay(TimeSpan.FromSeconds(warmUp));
        var before = Reading.Take(ProcessUsage.CpuSeconds(process.Id), database.ProcessId);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var after = Reading.Take(ProcessUsage.CpuSeconds(process.Id), database.ProcessId);
        await output;
        return new Window(before, after);
    }

    protected sealed record Window(Reading Before, Reading After)
    {
        public double Seconds => Stopwatch.GetElapsedTime(Before.At, After.At).TotalSeconds;

        public SlotResult Result(string subject, int connections, long requests, double p50, double p99, double max)
        {
            var (database, load) = (After.Database - Before.Database, After.Load - Before.Load);
            return new SlotResult
            {
                Subject = subject,
                Connections = connections,
                Seconds = Seconds,
                Requests = requests,
                RequestsPerSecond = requests / Seconds,
                NewTokens = requests,
                Errors = 0,
                P50 = p50,
                P99 = p99,
                Max = max,
                ServerCpuPerRequest = database * 1e6 / Math.Max(1, requests),
                DatabaseCpuPerRequest = database * 1e6 / Math.Max(1, requests),
                ServerCores = database / Seconds,
                LoadCores = load / Seconds,
                OtherCores = Math.Max(0, After.Machine - Before.Machine - database - load) / Seconds,
                PeakRssMiB = 0,
            };
        }
    }

    protected readonly record struct Reading(long At, DateTime Time, double Load, double Database, double Machine)
    {
        public static Reading Take(double load, int databaseId) =>
            new(Stopwatch.GetTimestamp(), DateTime.UtcNow, load, ProcessUsage.CpuSeconds(databaseId), ProcessUsage.MachineCpuSeconds());
    }
}
