namespace Pawl.Client.Tests;

/// <summary>The system's clock, which the clock of the test does not move.</summary>
internal sealed class StillClock : TimeProvider;

/// <summary>The two clocks of a machine. The wall clock may be set, and the monotonic one may stop while the machine sleeps.</summary>
internal sealed class TwoClocks(DateTimeOffset now) : TimeProvider
{
    private TimeSpan _monotonic;
    private DateTimeOffset _wall = now;

    public void Advance(TimeSpan time) => (_monotonic, _wall) = (_monotonic + time, _wall + time);

    public void SetWall(TimeSpan by) => _wall += by;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _monotonic.Ticks;
}
