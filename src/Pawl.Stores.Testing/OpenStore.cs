namespace Pawl.Stores.Testing;

/// <summary>A place as one process has it open.</summary>
public sealed class OpenStore : IAsyncDisposable
{
    private readonly IAsyncDisposable? _owner;

    /// <summary>A place that is open.</summary>
    /// <param name="sessions">The sessions.</param>
    /// <param name="keys">The keys of the same place.</param>
    /// <param name="owner">What closes both, such as the store itself or a service provider; null if nothing has to be closed.</param>
    /// <exception cref="ArgumentNullException">There are no sessions or no keys.</exception>
    public OpenStore(ISessionStore sessions, IKeyStore keys, IAsyncDisposable? owner = null)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(keys);
        (Sessions, Keys, _owner) = (sessions, keys, owner);
    }

    /// <summary>The sessions.</summary>
    public ISessionStore Sessions { get; }

    /// <summary>The keys.</summary>
    public IKeyStore Keys { get; }

    /// <summary>Closes the place for this process.</summary>
    public ValueTask DisposeAsync() => _owner?.DisposeAsync() ?? ValueTask.CompletedTask;
}
