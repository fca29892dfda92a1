namespace Pawl.AspNetCore.Tests;

/// <summary>No caller fills the log: of each message that a request can cause, sixty are written in a minute, and then the number of the others.</summary>
public sealed class FloodedLogTests
{
    [Fact]
    public async Task Refused_requests_are_counted_beyond_sixty_a_minute()
    {
        await using var app = await TestApp.StartAsync();
        for (var i = 0; i < 70; i++)
            Assert.Equal("csrf_rejected", (await RefuseAsync(app)).Code);
        Assert.Equal(60, app.Logs.OfPawl(5).Count());
        // Another code has a counter of its own.
        Assert.Equal("ambiguous_credentials", (await app.SendRawAsync("POST", "/note", ("Authorization", "Bearer a"), ("Authorization", "Bearer b"))).Code);
        Assert.Equal(61, app.Logs.OfPawl(5).Count());

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await RefuseAsync(app);
        Assert.Contains(" 10 ", Assert.Single(app.Logs.OfPawl(15)).Message, StringComparison.Ordinal);
        Assert.Equal(62, app.Logs.OfPawl(5).Count());
    }

    [Fact]
    public async Task So_are_requests_that_a_failing_store_does_not_answer()
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshesPerMinute = 0);
        var ada = await app.SignInAsync("ada");
        app.Store.IsDown = true;
        for (var i = 0; i < 70; i++)
            Assert.Equal("store_unavailable", (await ada.RefreshAsync()).Code);
        Assert.Equal(60, app.Logs.OfPawl(6).Count());
        app.Store.IsDown = false;
    }

    private static Task<Answer> RefuseAsync(TestApp app) =>
        app.SendRawAsync("POST", "/note", ("Sec-Fetch-Site", "cross-site"), ("Cookie", "__Host-Http-pawl-refresh=a"));
}
