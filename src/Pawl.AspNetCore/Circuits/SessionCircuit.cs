using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>
/// A circuit of Blazor belongs to the session that it was started in. When the session ends, the circuit has no user any more, runs no
/// events of its page, and loads the page again for whoever is signed in then. The framework keeps a circuit when its connection is cut
/// and hands it to the next connection with the user it had. So to close the connection is not enough.
/// </summary>
internal sealed class SessionCircuit(IServiceProvider services, SessionCircuits circuits) : CircuitHandler, IDisposable
{
    private static readonly Task<AuthenticationState> Anonymous = Task.FromResult(
        new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity()))
    );

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
            _following = circuits.Follow(id, End);
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

    private void RemoveUser()
    {
        try
        {
            (services.GetService<AuthenticationStateProvider>() as IHostEnvironmentAuthenticationStateProvider)?.SetAuthenticationState(
                Anonymous
            );
        }
        // The circuit is gone, or code of the app that was told of the change failed. The process must not end by it.
        catch (Exception e)
        {
            circuits.Logger.CircuitNotTold(e);
        }
    }
}
