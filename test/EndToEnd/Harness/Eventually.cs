using System.Diagnostics;

namespace Pawl.EndToEnd.Harness;

/// <summary>Waits for a condition and not for a time: as short as the machine allows, and long enough for a busy one.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads until the value will do, and says how long that took; fails with the last value read.</summary>
    public static async Task<TimeSpan> TrueAsync<T>(Func<Task<T>> read, Func<T, bool> until, string what, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            if (until(value))
                return watch.Elapsed;
            if (watch.Elapsed > (within ?? Patience))
                Assert.Fail($"Waited {watch.Elapsed.TotalSeconds:0.0} s in vain: {what}. At the end: {value}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static Task<TimeSpan> TrueAsync(Func<Task<bool>> read, string what, TimeSpan? within = null) => TrueAsync(read, static done => done, what, within);

    public static Task<TimeSpan> TrueAsync(Func<bool> read, string what, TimeSpan? within = null) => TrueAsync(() => Task.FromResult(read()), what, within);
}
