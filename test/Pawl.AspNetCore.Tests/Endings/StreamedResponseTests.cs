namespace Pawl.AspNetCore.Tests;

/// <summary>A response without an end is cut when its session ends, whatever the client has sent to get it.</summary>
public sealed class StreamedResponseTests
{
    [Requirement("XS-12")]
    [Theory]
    [InlineData("/events", null)]
    [InlineData("/events", "*/*, text/event-stream")]
    [InlineData("/items", null)]
    [InlineData("/lines", "*/*")]
    [InlineData("/export", null)]
    public async Task The_client_cannot_keep_its_stream_by_hiding_that_it_is_one(string path, string? accept)
    {
        await using var app = await StreamApp.StartAsync();
        var access = await app.SignInAsPageAsync();
        (string, string)[] headers = accept is null ? [HubApp.Bearer(access)] : [HubApp.Bearer(access), ("Accept", accept)];
        await using var stream = await app.OpenStreamAsync(path, headers);

        Assert.Equal(204, (await app.NewPage().PostAsync("/auth/logout", null, HubApp.Bearer(access))).Status);

        await stream.ExpectCutAsync();
    }

    [Fact]
    public async Task A_stream_is_cut_when_another_node_ends_its_session()
    {
        using var folder = new TestFolder();
        var clock = new TestClock();
        await using var here = await StreamApp.StartAsync(folder: folder, clock: clock);
        await using var there = await StreamApp.StartAsync(folder: folder, clock: clock);
        var access = await there.SignInAsPageAsync();
        await using var stream = await here.OpenStreamAsync("/lines", HubApp.Bearer(access));

        Assert.Equal(204, (await there.NewPage().PostAsync("/auth/logout", null, HubApp.Bearer(access))).Status);

        await stream.ExpectCutAsync();
    }

    [Fact]
    public async Task A_stream_outlives_its_access_token_while_the_session_lives()
    {
        await using var app = await StreamApp.StartAsync();
        using var session = await app.SignInAsNativeAsync();
        await using var stream = await app.OpenStreamAsync("/items", await session.BearerAsync());
        var reading = stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken).AsTask();

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await session.BearerAsync();

        Assert.False(reading.IsCompleted);
        await app.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<IOException>(() => reading);
    }

    [Fact]
    public async Task A_response_that_is_no_stream_is_not_cut()
    {
        await using var app = await StreamApp.StartAsync();
        var access = await app.SignInAsPageAsync();
        await using var stream = await app.OpenStreamAsync("/download", HubApp.Bearer(access));
        await using var cut = await app.OpenStreamAsync("/export", HubApp.Bearer(access));

        Assert.Equal(204, (await app.NewPage().PostAsync("/auth/logout", null, HubApp.Bearer(access))).Status);

        await cut.ExpectCutAsync();
        var reading = stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken).AsTask();
        Assert.False(reading.IsCompleted);
    }
}
