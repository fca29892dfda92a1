using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore;

/// <summary>Before the first request: checks the options, opens the store, and reads the keys and the recent endings.</summary>
internal sealed class PawlStartup(
    ISessionStore store,
    KeyRingProvider keys,
    SetupCheck setup,
    RemoteSignIns remote,
    EndingFollower follower
) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        setup.Run();
        await remote.PutPawlLastAsync();
        try
        {
            await store.InitializeAsync(cancellationToken);
            await keys.UpdateAsync(cancellationToken);
            await follower.CatchUpAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            throw new StoreUnavailableAtStartException(e);
        }
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
