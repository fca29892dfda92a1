using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>A connection is closed when its session times out, although no request of any client says so.</summary>
public sealed class TimedOutConnectionTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Requirement("XS-12")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_socket_and_a_stream_are_cut_at_the_idle_or_absolute_timeout(bool refreshes)
    {
        await using var app = await StartAsync(StreamApp.StartAsync);
        using var session = await app.SignInAsNativeAsync();
        var bearer = await session.BearerAsync();
        using var socket = await app.OpenSocketAsync(bearer);
        await using var stream = await app.OpenStreamAsync("/events", bearer);
        var reading = socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);

        // The idle timeout is at ten minutes, and the absolute one at twenty.
        for (var minutes = 0; minutes < (refreshes ? 19 : 9); minutes++)
        {
            app.Clock.Advance(Minute);
            if (refreshes)
                await session.BearerAsync();
        }
        Assert.Equal((false, WebSocketState.Open), (reading.IsCompleted, socket.State));
        app.Clock.Advance(Minute);

        await Assert.ThrowsAsync<WebSocketException>(() => WithinAsync(reading));
        await stream.ExpectCutAsync();
    }

    [Requirement("XS-12")]
    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_hub_is_closed_at_the_idle_timeout(HttpTransportType transport)
    {
        await using var app = await StartAsync(HubApp.StartAsync);
        using var session = await app.SignInAsNativeAsync();
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, "/hub"), options =>
            {
                options.Transports = transport;
                options.AccessTokenProvider = session.GetAccessTokenAsync;
            })
            .Build();
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ada admin", await connection.InvokeAsync<string>("WhoAmI", TestContext.Current.CancellationToken));

        app.Clock.Advance(10 * Minute);

        await WithinAsync(closed.Task);
    }

    [Requirement("SES-08")]
    [Fact]
    public async Task A_store_that_does_not_answer_closes_nothing_until_it_answers()
    {
        await using var app = await StartAsync(StreamApp.StartAsync);
        using var session = await app.SignInAsNativeAsync();
        using var socket = await app.OpenSocketAsync(await session.BearerAsync());
        var reading = socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);
        app.Store.IsDown = true;
        app.Clock.Advance(6 * Minute);
        await Eventually.TrueAsync(() => Task.FromResult(app.Logs.OfPawl(6).Any()), "The store was not asked.");
        Assert.False(reading.IsCompleted);

        app.Store.IsDown = false;
        app.Clock.Advance(5 * Minute);

        await Assert.ThrowsAsync<WebSocketException>(() => WithinAsync(reading));
    }

    private static Task<TestApp> StartAsync(Func<Action<PawlOptions>?, TestFolder?, TestClock?, Task<TestApp>> start) =>
        start(
            static o => (o.IdleTimeout, o.AbsoluteTimeout) = (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20)),
            null,
            new TestClock { WakesBackgroundWork = true }
        );

    private static Task WithinAsync(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
