using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>
/// A circuit of Blazor belongs to the session that it was started in. When the session ends, the circuit has no user any more, runs no
/// events of its page, and loads the page again for whoever is signed in then. While the session lives, the circuit's user has the claims
/// that the session has. The framework keeps a circuit when its connection is cut
/// and hands it to the next connection with the user it had. So to close the connection is not enough.
/// </summary>
internal sealed class SessionCircuit(IServiceProvider services, SessionCircuits circuits) : CircuitHandler, IDisposable
{
    private static readonly Task<AuthenticationState> Anonymous = Task.FromResult(
        new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity()))
    );

    // After the end no claims may bring the user back.
    private readonly Lock _lock = new();
    private IDisposable? _following;
    private volatile bool _isOver;

    /// <summary>The handlers of the app already find a circuit without a user if its session has ended.</summary>
    public override int Order => int.MinValue;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (services.GetService<AuthenticationStateProvider>() is not { } provider)
            return;
        var user = (await provider.GetAuthenticationStateAsync()).User;
        if (SessionId.TryParse(TokenClaims.FindSession(user, circuits.Issuer), out var id))
            _following = circuits.Follow(id, End, identity => RenewAsync(id, identity));
    }

    /// <summary>A page that comes back after the end is loaded again. A new load is a request, which shows who is signed in.</summary>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_isOver)
            services.GetRequiredService<NavigationManager>().Refresh(forceReload: true);
        return Task.CompletedTask;
    }

    /// <summary>
    /// A component may have kept the user in a field. So no event of the page reaches a component after the end.
    /// </summary>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next
    ) => context => _isOver ? Task.CompletedTask : next(context);

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _following?.Dispose();

    // The caller is the feed of endings or a request that ends the session, and waits for no component.
    private void End()
    {
        _isOver = true;
        ThreadPool.QueueUserWorkItem(static circuit => circuit.RemoveUser(), this, preferLocal: false);
    }

    // A refresh, of any tab and at any node, has brought the session other claims. A request would have them, and so has the circuit.
    private async Task RenewAsync(SessionId id, ClaimsIdentity identity)
    {
        if (services.GetService<AuthenticationStateProvider>() is not { } provider)
            return;
        var before = (await provider.GetAuthenticationStateAsync()).User;
        // The app has given the circuit another user.
        if (TokenClaims.FindSession(before, circuits.Issuer) != id.ToString())
            return;
        // The circuit may be using its own scope at this moment.
        await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<IClaimsTransformation>().TransformAsync(new ClaimsPrincipal(identity));
        if (CircuitClaims.MayReplace(before, user))
            SetUser(Task.FromResult(new AuthenticationState(user)), isLast: false);
    }

    private void SetUser(Task<AuthenticationState> state, bool isLast)
    {
        lock (_lock)
        {
            if (isLast || !_isOver)
                (services.GetService<AuthenticationStateProvider>() as IHostEnvironmentAuthenticationStateProvider)?.SetAuthenticationState(
                    state
                );
        }
    }

    private void RemoveUser()
    {
        try
        {
            SetUser(Anonymous, isLast: true);
        }
        // The circuit is gone, or code of the app that was told of the change failed. The process must not end by it.
        catch (Exception e)
        {
            circuits.Logger.CircuitNotTold(e);
        }
    }
}
