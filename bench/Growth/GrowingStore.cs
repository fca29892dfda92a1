using Microsoft.Extensions.DependencyInjection;
using Pawl;
using Pawl.AspNetCore;

namespace Pawl.Bench.Growth;

/// <summary>A store that is filled past its interface, since that would take hours, and measured through it.</summary>
internal abstract class GrowingStore : IAsyncDisposable
{
    private readonly ServiceProvider services;

    protected GrowingStore(Action<PawlBuilder> add)
    {
        var collection = new ServiceCollection();
        add(collection.AddPawl());
        services = collection.BuildServiceProvider();
        Sessions = services.GetRequiredService<ISessionStore>();
    }

    public ISessionStore Sessions { get; }

    /// <summary>Adds the sessions of these numbers, which live that long from now on.</summary>
    public abstract Task FillAsync(long first, long count, TimeSpan life);

    /// <summary>What the database does by itself in a quiet hour: statistics, a checkpoint.</summary>
    public abstract Task SettleAsync();

    /// <summary>What sessions occupy, their indexes included.</summary>
    public abstract Task<long> SizeAsync();

    /// <summary>What has been written to log and files so far.</summary>
    public abstract Task<long> WrittenAsync();

    /// <summary>How much of what was written since a reading were images of whole pages; null if that cannot be told apart.</summary>
    public virtual Task<long?> PageImagesSinceAsync(long written) => Task.FromResult<long?>(null);

    public virtual async ValueTask DisposeAsync() => await services.DisposeAsync();
}
