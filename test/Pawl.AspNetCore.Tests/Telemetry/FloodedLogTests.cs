namespace Pawl.AspNetCore.Tests;

/// <summary>
/// No caller can fill the log: of each message that a request can cause, sixty are written in a minute, and then the number of the rest.
/// </summary>
public sealed class FloodedLogTests
{
    [Fact]
    public async Task Refused_requests_are_counted_beyond_sixty_a_minute()
    {
        await using var app = await TestApp.StartAsync();
        for (var i = 0; i < 70; i++)
            Assert.Equal("csrf_rejected", (await RefuseAsync(app)).Code);
        Assert.Equal(60, app.Logs.OfPawl(5).Count());
        // Each code has its own counter.
        var answer = await app.SendRawAsync("POST", "/note", ("Authorization", "Bearer a"), ("Authorization", "Bearer b"));
        Assert.Equal("ambiguous_credentials", answer.Code);
        Assert.Equal(61, app.Logs.OfPawl(5).Count());

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await RefuseAsync(app);
        Assert.Contains(" 10 ", Assert.Single(app.Logs.OfPawl(15)).Message, StringComparison.Ordinal);
        Assert.Equal(62, app.Logs.OfPawl(5).Count());
    }

    [Fact]
    public async Task Failures_of_the_store_are_counted_beyond_sixty_a_minute()
    {
        await using var app = await TestApp.StartAsync(static o => o.RefreshesPerMinute = null);
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
