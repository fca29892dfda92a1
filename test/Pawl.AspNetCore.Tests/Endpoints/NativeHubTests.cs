using System.Net;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Pawl.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>The .NET client of SignalR over a session of Pawl.Client: it connects, lasts, reconnects and stops with its session.</summary>
public sealed class NativeHubTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task A_connection_outlives_its_access_token_and_another_opens_with_a_fresh_one(HttpTransportType transport)
    {
        await using var app = await HubApp.StartAsync();
        using var session = await app.SignInAsNativeAsync();
        await using var first = Connect(app, session, transport);
        await first.StartAsync(TestContext.Current.CancellationToken);
        app.Store.Forget();
        app.Clock.Advance(Expired);

        Assert.Equal("ada admin", await AskAsync(first));
        await using var second = Connect(app, session, transport);
        await second.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ada admin", await AskAsync(second));
        Assert.Equal(HubConnectionState.Connected, first.State);
        Assert.Single(app.Store.Calls, static call => call == "Rotate");
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task The_end_of_the_session_closes_the_connection_and_stops_its_reconnects(HttpTransportType transport)
    {
        await using var app = await HubApp.StartAsync();
        using var session = await app.SignInAsNativeAsync();
        var ended = new TaskCompletionSource<SignedOut>();
        session.SignedOut += (_, end) => ended.TrySetResult(end);
        await using var connection = Connect(app, session, transport);
        var closed = WhenClosed(connection);
        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ada admin", await AskAsync(connection));

        await app.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);

        await closed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var end = await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("revoked", end.Reason);
        // Signed out, the client does not connect as an anonymous user.
        var refusal = await Assert.ThrowsAsync<SessionEndedException>(() => connection.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.StatusCode);

        await session.SignInAgainAsync("bob");
        await connection.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("bob admin", await AskAsync(connection));
    }

    [Fact]
    public async Task A_token_that_the_server_refuses_at_the_negotiation_is_replaced_once()
    {
        await using var app = await HubApp.StartAsync();
        using var session = await app.SignInAsNativeAsync();
        var before = await session.GetAccessTokenAsync(TestContext.Current.CancellationToken);
        // The client's clock stands still, so it takes the token for a fresh one.
        using var still = new PawlSession(new PawlSessionOptions { Server = app.Address, TimeProvider = new TestClock() });
        await still.SignInAgainAsync();
        var refused = await still.GetAccessTokenAsync(TestContext.Current.CancellationToken);
        app.Clock.Advance(Expired);
        await using var connection = Connect(app, still, HttpTransportType.WebSockets);

        await connection.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal("ada admin", await AskAsync(connection));
        Assert.NotEqual(refused, await still.GetAccessTokenAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual(before, refused);
    }

    [Fact]
    public async Task Without_a_session_there_is_no_connection_as_an_anonymous_user()
    {
        await using var app = await HubApp.StartAsync();
        using var session = new PawlSession(new PawlSessionOptions { Server = app.Address, TimeProvider = app.Clock });
        await using var connection = Connect(app, session, HttpTransportType.WebSockets);

        var refusal = await Assert.ThrowsAsync<SessionEndedException>(() => connection.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal("No user has signed in.", refusal.Message);
        Assert.Null(refusal.Reason);
    }

    private static HubConnection Connect(TestApp app, PawlSession session, HttpTransportType transport)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, "/hub"), options =>
            {
                options.Transports = transport;
                options.AccessTokenProvider = session.GetAccessTokenAsync;
                options.HttpMessageHandlerFactory = inner => new PawlSessionHandler(session) { InnerHandler = inner };
            })
            .WithAutomaticReconnect()
            .Build();
        session.SignedOut += async (_, _) => await connection.StopAsync();
        return connection;
    }

    private static Task WhenClosed(HubConnection connection)
    {
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        return closed.Task;
    }

    private static Task<string> AskAsync(HubConnection connection) =>
        connection.InvokeAsync<string>("WhoAmI", TestContext.Current.CancellationToken);
}
