namespace Pawl.Stores.Tests.Batches;

/// <summary>
/// A clock that stands still until the scheduler moves it. It is also its one timer, which fires when the scheduler chooses.
/// </summary>
internal sealed class StepClock : TimeProvider, ITimer
{
    private Action? _callback;
    private long? _dueAt;
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the timer may fire, zero if it is late, or null if it is not set.</summary>
    public TimeSpan? TimerDueIn => _dueAt is { } at ? new(Math.Max(at - _now, 0)) : null;

    public override long GetTimestamp() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _callback = () => callback(state);
        Change(dueTime, period);
        return this;
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : _now + dueTime.Ticks;
        return true;
    }

    public void Pass(TimeSpan time) => _now += time.Ticks;

    public void Fire()
    {
        _now = Math.Max(_now, _dueAt!.Value);
        _dueAt = null;
        _callback!();
    }

    public void Dispose() => _dueAt = null;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
