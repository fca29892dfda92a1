using Microsoft.Extensions.Time.Testing;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The test's clock. Unless asked to, it wakes nobody: background work then waits for ever, and a jump of ninety days does not run ninety
/// days of it.
/// </summary>
internal sealed class TestClock(DateTimeOffset? start = null)
    : FakeTimeProvider(start ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
{
    public bool WakesBackgroundWork { get; init; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        WakesBackgroundWork
            ? base.CreateTimer(callback, state, dueTime, period)
            : base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
