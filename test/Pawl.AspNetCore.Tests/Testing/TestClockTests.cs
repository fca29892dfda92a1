namespace Pawl.AspNetCore.Tests.Testing;

public sealed class TestClockTests
{
    [Fact]
    public void It_runs_and_moves_forward_only()
    {
        var clock = new Pawl.Testing.TestClock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var (before, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        Assert.Equal(2030, before.Year);
        clock.Advance(TimeSpan.FromDays(400));
        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.FromDays(400), TimeSpan.FromDays(401));
        Assert.InRange(clock.GetElapsedTime(started), TimeSpan.FromDays(400), TimeSpan.FromDays(401));
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public async Task A_timer_takes_its_real_time()
    {
        var clock = new Pawl.Testing.TestClock();
        var later = Task.Delay(TimeSpan.FromMilliseconds(1), clock, TestContext.Current.CancellationToken);
        var never = Task.Delay(TimeSpan.FromHours(1), clock, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromHours(2));
        await later;
        Assert.False(never.IsCompleted);
    }
}
