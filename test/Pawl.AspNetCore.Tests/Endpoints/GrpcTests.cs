using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Pawl.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>A .NET client of gRPC over a session of Pawl.Client: unary calls and streams have its user, last and end as it does.</summary>
public sealed class GrpcTests
{
    private static readonly TimeSpan Expired = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Unary_calls_and_streams_of_each_kind_have_the_user_and_refresh_ahead()
    {
        await using var app = await GrpcApp.StartAsync();
        using var session = await app.SignInForGrpcAsync();
        await using var clients = app.NewClients(session);
        var client = clients.GetRequiredService<EchoClient>();
        for (var life = 0; life < 2; life++)
        {
            Assert.Equal("ada: hi", await client.SayAsync("hi"));
            using var watch = client.Watch("hi");
            Assert.Equal("ada: hi", await ReadAsync(watch.ResponseStream));
            using var collect = client.Collect();
            await collect.RequestStream.WriteAsync("a", TestContext.Current.CancellationToken);
            await collect.RequestStream.WriteAsync("b", TestContext.Current.CancellationToken);
            await collect.RequestStream.CompleteAsync();
            Assert.Equal("ada: ab", await collect);
            using var talk = client.Talk();
            await talk.RequestStream.WriteAsync("hi", TestContext.Current.CancellationToken);
            Assert.Equal("ada: hi", await ReadAsync(talk.ResponseStream));

            app.Clock.Advance(Expired);
        }
        Assert.Single(app.Store.Calls, static call => call == "Rotate");
    }

    [Fact]
    public async Task A_refused_unary_call_is_refreshed_and_repeated_once_and_a_stream_of_messages_is_not()
    {
        await using var app = await GrpcApp.StartAsync();
        // The clock of the client stands still, so it takes its token for a fresh one.
        using var session = await app.SignInForGrpcAsync(new TestClock());
        await using var clients = app.NewClients(session);
        var client = clients.GetRequiredService<EchoClient>();

        app.Clock.Advance(Expired);
        Assert.Equal("ada: hi", await client.SayAsync("hi"));

        app.Clock.Advance(Expired);
        using var watch = client.Watch("hi");
        Assert.Equal("ada: hi", await ReadAsync(watch.ResponseStream));

        app.Clock.Advance(Expired);
        using var refused = client.Talk();
        Assert.Equal(
            StatusCode.Unauthenticated,
            (await Assert.ThrowsAsync<RpcException>(() => ReadAsync(refused.ResponseStream))).StatusCode
        );
        // The refusal has brought a new token, so the next call succeeds.
        using var talk = client.Talk();
        await talk.RequestStream.WriteAsync("hi", TestContext.Current.CancellationToken);
        Assert.Equal("ada: hi", await ReadAsync(talk.ResponseStream));
    }

    [Requirement("XS-12")]
    [Fact]
    public async Task Streams_survive_refreshes_and_are_cancelled_when_the_session_ends()
    {
        await using var app = await GrpcApp.StartAsync(new TestClock { WakesBackgroundWork = true });
        using var session = await app.SignInForGrpcAsync();
        var ended = new TaskCompletionSource<SignedOut>();
        session.SignedOut += (_, end) => ended.TrySetResult(end);
        await using var clients = app.NewClients(session);
        var client = clients.GetRequiredService<EchoClient>();
        using var watch = client.Watch("hi");
        Assert.Equal("ada: hi", await ReadAsync(watch.ResponseStream));
        using var collect = client.Collect();
        await collect.RequestStream.WriteAsync("a", TestContext.Current.CancellationToken);
        using var talk = client.Talk();
        await TalkAsync(talk);
        app.Clock.Advance(Expired);
        Assert.Equal("ada: again", await client.SayAsync("again"));
        await TalkAsync(talk);

        await app.Service<SessionManager>().EndAllForUserAsync("ada", cancellationToken: TestContext.Current.CancellationToken);
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(StatusCode.Cancelled, await StatusAsync(ReadAsync(watch.ResponseStream)));
        Assert.Equal(StatusCode.Cancelled, await StatusAsync(collect.ResponseAsync));
        Assert.Equal(StatusCode.Cancelled, await StatusAsync(ReadAsync(talk.ResponseStream)));
        Assert.Equal(StatusCode.Unauthenticated, await StatusAsync(client.SayAsync("hi")));
        Assert.Equal("revoked", (await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Reason);
        Assert.Equal(StatusCode.Unauthenticated, await StatusAsync(client.SayAsync("hi")));
    }

    [Fact]
    public async Task A_call_that_ends_its_own_session_is_answered()
    {
        await using var app = await GrpcApp.StartAsync();
        using var session = await app.SignInForGrpcAsync();
        await using var clients = app.NewClients(session);
        var client = clients.GetRequiredService<EchoClient>();

        Assert.Equal("bye", await client.LeaveAsync());

        Assert.Equal(StatusCode.Unauthenticated, await StatusAsync(client.SayAsync("hi")));
    }

    [Fact]
    public async Task Call_credentials_send_a_fresh_token_and_no_call_without_a_session()
    {
        await using var app = await GrpcApp.StartAsync();
        using var session = await app.SignInForGrpcAsync();
        var credentials = CallCredentials.FromInterceptor(
            async (_, metadata) => metadata.Add("Authorization", $"Bearer {await session.GetAccessTokenAsync()}")
        );
        using var channel = GrpcChannel.ForAddress(
            app.GrpcAddress(),
            new GrpcChannelOptions
            {
                Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials),
                UnsafeUseInsecureChannelCallCredentials = true,
            }
        );
        var client = new EchoClient(channel.CreateCallInvoker());
        Assert.Equal("ada: hi", await client.SayAsync("hi"));
        app.Clock.Advance(Expired);
        Assert.Equal("ada: hi", await client.SayAsync("hi"));

        await session.SignOutAsync(TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.SayAsync("hi"));
        Assert.IsType<SessionEndedException>(refusal.Status.DebugException);
    }

    private static async Task TalkAsync(AsyncDuplexStreamingCall<string, string> talk)
    {
        await talk.RequestStream.WriteAsync("hi", TestContext.Current.CancellationToken);
        Assert.Equal("ada: hi", await ReadAsync(talk.ResponseStream));
    }

    private static async Task<StatusCode> StatusAsync(Task<string> call) =>
        (
            await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken))
        ).StatusCode;

    private static async Task<string> ReadAsync(IAsyncStreamReader<string> stream)
    {
        Assert.True(await stream.MoveNext(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30)));
        return stream.Current;
    }
}
