using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore;

/// <summary>
/// Closes the open connections of sessions when the host begins to stop. Otherwise they would delay the stop. Clients reconnect, to this
/// node or another.
/// </summary>
internal sealed class ConnectionsAtStop(EndedSessions ended, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(ended.Connections.EndAll);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
