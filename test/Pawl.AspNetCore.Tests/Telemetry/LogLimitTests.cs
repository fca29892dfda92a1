using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>Messages that any caller can cause are bounded, and what was left out is counted.</summary>
public sealed class LogLimitTests
{
    private readonly TestClock _clock = new() { WakesBackgroundWork = true };

    [Fact]
    public void A_flood_writes_sixty_messages_a_minute_and_the_number_of_the_others()
    {
        using var logs = new CapturedLogs();
        using var limit = NewLimit();
        var logger = logs.CreateLogger("Pawl.Flood");
        Assert.Equal(60, Enumerable.Range(0, 1000).Count(_ => limit.Allows(logger, 5, "csrf_rejected")));
        Assert.Equal(10, Enumerable.Range(0, 10).Count(_ => limit.Allows(logger, 5, "https_required")));
        Assert.Empty(logs.All);

        _clock.Advance(TimeSpan.FromMinutes(1));

        var message = Assert.Single(logs.OfPawl(15));
        Assert.Equal(LogLevel.Warning, message.Level);
        Assert.StartsWith("messages_left_out 5 csrf_rejected: 940 ", message.Message, StringComparison.Ordinal);
        Assert.True(limit.Allows(logger, 5, "csrf_rejected"));
    }

    [Fact]
    public void Fewer_messages_are_all_written()
    {
        using var logs = new CapturedLogs();
        using var limit = NewLimit();
        var logger = logs.CreateLogger("Pawl.Flood");
        for (var minute = 0; minute < 3; minute++)
        {
            Assert.Equal(60, Enumerable.Range(0, 60).Count(_ => limit.Allows(logger, 104, "unknown")));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Empty(logs.All);
    }

    private LogLimit NewLimit() => new(_clock, static (logger, id, kind, count) => logger.LeftOut(id, kind, count));
}
