namespace Pawl.Testing;

/// <summary>A clock that runs, and that a test moves forward. Thread-safe.</summary>
/// <remarks>
/// <para>Give it to the app with <see cref="PawlTestHostExtensions.UseClock"/>.</para>
/// <para>
/// Tokens, sessions and cookies expire by it at once. Timers and delays take their real time, and <see cref="Advance"/> completes none of
/// them, so no background work of the app runs for the days that a test skips. A clock that stands still, or that wakes timers, is
/// <c>FakeTimeProvider</c> of Microsoft.Extensions.TimeProvider.Testing; it can be used in the same place.
/// </para>
/// </remarks>
public sealed class TestClock : TimeProvider
{
    private long _offset;

    /// <summary>Creates a clock that shows the present time.</summary>
    public TestClock() { }

    /// <summary>Creates a clock that shows another time.</summary>
    /// <param name="start">What it shows now.</param>
    public TestClock(DateTimeOffset start) => _offset = (start - System.GetUtcNow()).Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _offset);

    /// <summary>Moves the clock forward.</summary>
    /// <param name="time">By how much.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative: a clock of the app does not go back.</exception>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        Interlocked.Add(ref _offset, time.Ticks);
    }
}
