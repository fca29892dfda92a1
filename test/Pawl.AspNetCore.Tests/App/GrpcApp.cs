using System.Net;
using System.Security.Claims;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Pawl.Client;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app with a service of gRPC, on a port of its own for HTTP/2 without TLS.</summary>
internal static class GrpcApp
{
    public static Task<TestApp> StartAsync(TestClock? clock = null) =>
        TestApp.StartAsync(
            services: static services =>
            {
                services.Configure<KestrelServerOptions>(static o =>
                {
                    o.Listen(IPAddress.Loopback, 0);
                    o.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
                });
                services.AddGrpc();
            },
            map: static app => app.MapGrpcService<EchoService>(),
            clock: clock,
            kestrel: true
        );

    public static Uri GrpcAddress(this TestApp app) =>
        new(app.Service<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last());

    /// <param name="app">The app.</param>
    /// <param name="clock">The clock of the client; the app's, if it is null.</param>
    public static async Task<PawlSession> SignInForGrpcAsync(this TestApp app, TestClock? clock = null)
    {
        var options = new PawlSessionOptions { Server = app.Address, TimeProvider = clock ?? app.Clock };
        options.Origins.Add(app.GrpcAddress());
        var session = new PawlSession(options);
        await session.SignInAgainAsync();
        return session;
    }

    /// <summary>A client as an app registers it.</summary>
    public static ServiceProvider NewClients(this TestApp app, PawlSession session)
    {
        var services = new ServiceCollection();
        services.AddSingleton(session);
        services.AddGrpcClient<EchoClient>(o => o.Address = app.GrpcAddress()).AddPawlSession();
        return services.BuildServiceProvider();
    }
}

/// <summary>What a compiler makes of a proto file, for messages that are strings.</summary>
internal static class Echo
{
    public static readonly Method<string, string> Say = New(MethodType.Unary, nameof(Say));
    public static readonly Method<string, string> Leave = New(MethodType.Unary, nameof(Leave));
    public static readonly Method<string, string> Watch = New(MethodType.ServerStreaming, nameof(Watch));
    public static readonly Method<string, string> Collect = New(MethodType.ClientStreaming, nameof(Collect));
    public static readonly Method<string, string> Talk = New(MethodType.DuplexStreaming, nameof(Talk));

    public static void Bind(ServiceBinderBase binder, EchoBase? _)
    {
        binder.AddMethod(Say, (UnaryServerMethod<string, string>)null!);
        binder.AddMethod(Leave, (UnaryServerMethod<string, string>)null!);
        binder.AddMethod(Watch, (ServerStreamingServerMethod<string, string>)null!);
        binder.AddMethod(Collect, (ClientStreamingServerMethod<string, string>)null!);
        binder.AddMethod(Talk, (DuplexStreamingServerMethod<string, string>)null!);
    }

    private static Method<string, string> New(MethodType type, string name) =>
        new(type, "Echo", name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);
}

[Authorize]
internal sealed class EchoService : EchoBase;

[BindServiceMethod(typeof(Echo), nameof(Echo.Bind))]
internal abstract class EchoBase
{
    public virtual Task<string> Say(string request, ServerCallContext context) => Task.FromResult($"{Name(context)}: {request}");

    // A sign-out of an app's own.
    public virtual async Task<string> Leave(string request, ServerCallContext context)
    {
        var sessions = context.GetHttpContext().RequestServices.GetRequiredService<SessionManager>();
        await sessions.EndAllForUserAsync(Name(context));
        return "bye";
    }

    public virtual async Task Watch(string request, IServerStreamWriter<string> answers, ServerCallContext context)
    {
        await answers.WriteAsync($"{Name(context)}: {request}");
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    public virtual async Task<string> Collect(IAsyncStreamReader<string> requests, ServerCallContext context)
    {
        var all = new List<string>();
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            all.Add(request);
        return $"{Name(context)}: {string.Concat(all)}";
    }

    public virtual async Task Talk(IAsyncStreamReader<string> requests, IServerStreamWriter<string> answers, ServerCallContext context)
    {
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            await answers.WriteAsync($"{Name(context)}: {request}");
    }

    private static string Name(ServerCallContext context) => context.GetHttpContext().User.FindFirstValue(ClaimTypes.NameIdentifier)!;
}

internal sealed class EchoClient : ClientBase<EchoClient>
{
    public EchoClient(CallInvoker invoker)
        : base(invoker) { }

    private EchoClient(ClientBaseConfiguration configuration)
        : base(configuration) { }

    public async Task<string> SayAsync(string text) =>
        await CallInvoker.AsyncUnaryCall(Echo.Say, null, new(cancellationToken: TestContext.Current.CancellationToken), text);

    public async Task<string> LeaveAsync() =>
        await CallInvoker.AsyncUnaryCall(Echo.Leave, null, new(cancellationToken: TestContext.Current.CancellationToken), "");

    public AsyncServerStreamingCall<string> Watch(string text) =>
        CallInvoker.AsyncServerStreamingCall(Echo.Watch, null, new(cancellationToken: TestContext.Current.CancellationToken), text);

    public AsyncClientStreamingCall<string, string> Collect() =>
        CallInvoker.AsyncClientStreamingCall(Echo.Collect, null, new(cancellationToken: TestContext.Current.CancellationToken));

    public AsyncDuplexStreamingCall<string, string> Talk() =>
        CallInvoker.AsyncDuplexStreamingCall(Echo.Talk, null, new(cancellationToken: TestContext.Current.CancellationToken));

    protected override EchoClient NewInstance(ClientBaseConfiguration configuration) => new(configuration);
}
