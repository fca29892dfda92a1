using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>What the framework does with the services of a circuit, without a browser. Its own objects cannot be made here.</summary>
internal sealed class TestCircuit : IDisposable
{
    private readonly IServiceScope _scope;
    private readonly CircuitHandler _handler;
    private readonly AuthenticationStateProvider _users;

    private TestCircuit(IServiceScope scope, ClaimsPrincipal user)
    {
        _scope = scope;
        _handler = scope.ServiceProvider.GetServices<CircuitHandler>().OfType<SessionCircuit>().Single();
        _users = scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        ((IHostEnvironmentAuthenticationStateProvider)_users).SetAuthenticationState(Task.FromResult(new AuthenticationState(user)));
        Session = user.FindSessionId() ?? default;
    }

    public SessionId Session { get; }

    public bool IsReloaded => ((Navigation)_scope.ServiceProvider.GetRequiredService<NavigationManager>()).IsReloaded;

    /// <summary>The user of the browser's access token, as the connection of a circuit has it.</summary>
    public static async Task<ClaimsPrincipal> UserOfAsync(TestApp app, Browser browser)
    {
        var token = await app.Service<TokenReader>()
            .ReadAccessAsync(
                browser.AccessToken!,
                app.Service<Microsoft.Extensions.Options.IOptionsMonitor<PawlOptions>>().Get(PawlDefaults.AuthenticationScheme),
                TestContext.Current.CancellationToken
            );
        return SessionMark.NewTicket(token.Token!, PawlDefaults.AuthenticationScheme).Principal;
    }

    public static async Task<TestCircuit> OpenAsync(TestApp app, Browser browser) => await OpenAsync(app, await UserOfAsync(app, browser));

    public static async Task<TestCircuit> OpenAsync(TestApp app, ClaimsPrincipal user)
    {
        var circuit = new TestCircuit(app.Services.CreateScope(), user);
        await circuit._handler.OnCircuitOpenedAsync(null!, TestContext.Current.CancellationToken);
        return circuit;
    }

    public Task ConnectAsync() => _handler.OnConnectionUpAsync(null!, TestContext.Current.CancellationToken);

    public Task CloseAsync() => _handler.OnCircuitClosedAsync(null!, TestContext.Current.CancellationToken);

    public async Task<bool> HasUserAsync() => (await UserAsync()).Identity!.IsAuthenticated;

    public async Task<ClaimsPrincipal> UserAsync() => (await _users.GetAuthenticationStateAsync()).User;

    /// <summary>Counts how often the components are told of a user.</summary>
    public Func<int> CountChanges()
    {
        var changes = 0;
        _users.AuthenticationStateChanged += _ => Interlocked.Increment(ref changes);
        return () => Volatile.Read(ref changes);
    }

    public Task LosesUserAsync() => Eventually.TrueAsync(async () => !await HasUserAsync(), "The circuit still has its user.");

    public async Task<bool> RunsEventAsync()
    {
        var hasRun = false;
        await _handler.CreateInboundActivityHandler(_ =>
        {
            hasRun = true;
            return Task.CompletedTask;
        })(null!);
        return hasRun;
    }

    public void Dispose() => _scope.Dispose();

    internal sealed class Navigation : NavigationManager
    {
        public Navigation() => Initialize("https://app.example/", "https://app.example/page");

        public bool IsReloaded { get; private set; }

        public override void Refresh(bool forceReload = false) => IsReloaded = forceReload;
    }
}
