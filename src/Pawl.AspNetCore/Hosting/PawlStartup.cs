using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Before the first request: options that make sense, a store that answers, keys, and what has been revoked lately.</summary>
internal sealed class PawlStartup(
    ISessionStore store, Keys keys, SetupCheck setup, KeyProtectionCheck protection, RevocationFollower follower,
    IOptionsMonitor<PawlOptions> options, PawlScheme scheme) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _ = options.Get(scheme.Name);
        setup.Run();
        protection.Run();
        await store.InitializeAsync(cancellationToken);
        await keys.UpdateAsync(cancellationToken);
        await follower.CatchUpAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        setup.RunAfterStart();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
