using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>A WebSocket of a service outlives the access token that opened it, and not the session.</summary>
public sealed class ResourceConnectionTests
{
    [Requirement("SES-08")]
    [Fact]
    public async Task It_is_closed_when_its_session_ends_at_the_authority_and_others_stay_open()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await StartAsync(app, app.Clock);
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        using var cut = await OpenAsync(service, ada.AccessToken!);
        using var stays = await OpenAsync(service, bob.AccessToken!);
        var (reading, waiting) = (ReadAsync(cut), ReadAsync(stays));

        await ada.LogoutAsync();

        await AssertCutAsync(reading);
        Assert.False(waiting.IsCompleted);
    }

    [Requirement("SES-08")]
    [Theory]
    [InlineData(StoreUnavailableBehavior.Refuse, 61)]
    // The authority has forgotten by then what has ended meanwhile.
    [InlineData(StoreUnavailableBehavior.Accept, 500)]
    public async Task It_is_closed_when_the_service_cannot_tell_whether_its_session_has_ended(
        StoreUnavailableBehavior choice,
        int secondsOfSilence
    )
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var clock = new TestClock { WakesBackgroundWork = true };
        await using var service = await StartAsync(app, clock, choice);
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        using var socket = await OpenAsync(service, ada.AccessToken!);
        var reading = ReadAsync(socket);
        service.Door.IsClosed = true;
        // Ends the question that waits behind the door.
        await bob.LogoutAsync();
        await Eventually.TrueAsync(() => service.Logs.OfPawl(80).Any(), "The service has not noticed.");
        Assert.False(reading.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(secondsOfSilence));
        if (choice is StoreUnavailableBehavior.Accept)
            service.Door.IsClosed = false;

        await AssertCutAsync(reading);
    }

    private static Task<ResourceApp> StartAsync(
        TestApp app,
        TestClock clock,
        StoreUnavailableBehavior choice = StoreUnavailableBehavior.Refuse
    ) =>
        ResourceApp.StartAsync(
            app,
            choice,
            clock: clock,
            map: static service =>
            {
                service.UseWebSockets();
                service
                    .MapGet("/socket", static async (HttpContext context) =>
                    {
                        using var socket = await context.WebSockets.AcceptWebSocketAsync();
                        await socket.ReceiveAsync(new byte[16], context.RequestAborted);
                    })
                    .RequireAuthorization();
            },
            kestrel: true
        );

    private static async Task<ClientWebSocket> OpenAsync(ResourceApp service, string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(new Uri($"ws://{service.Address.Authority}/socket"), TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task<WebSocketReceiveResult> ReadAsync(ClientWebSocket socket) =>
        socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);

    private static Task<WebSocketException> AssertCutAsync(Task reading) =>
        Assert.ThrowsAsync<WebSocketException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
}
