using System.Diagnostics;

namespace Pawl.Testing;

/// <summary>Waits for a condition, and not for a time. Only a failing test reaches the limit.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads a value until it is as wanted, and returns how long that took. A failure shows the last value.</summary>
    public static async Task<TimeSpan> TrueAsync<T>(Func<Task<T>> read, Func<T, bool> isWanted, string what, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (isWanted(value))
                return watch.Elapsed;
            if (watch.Elapsed > (within ?? Limit))
                Assert.Fail($"Waited for {watch.Elapsed.TotalSeconds:0.0} s: {what}. The last value: {value}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static Task<TimeSpan> TrueAsync(Func<Task<bool>> read, string what, TimeSpan? within = null) =>
        TrueAsync(read, static done => done, what, within);

    public static Task<TimeSpan> TrueAsync(Func<bool> read, string what, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(read()), what, within);
}
