namespace Pawl.Stores.Testing;

/// <summary>
/// An empty place for sessions, such as a file, a database or a key prefix. Each test makes one with the parameterless constructor,
/// opens it several times, and disposes of it. A test opens a place twice to stand for two processes, so everything that both must see
/// belongs to the place and not to <see cref="OpenStore"/>.
/// </summary>
/// <example>
/// <code>
/// public sealed class MyPlace : StorePlace
/// {
///     private readonly string _file = Path.GetTempFileName();
///
///     public override OpenStore Open()
///     {
///         var services = new ServiceCollection();
///         services.AddPawl().AddMyStore(_file);
///         var provider = services.BuildServiceProvider();
///         return new(provider.GetRequiredService&lt;ISessionStore&gt;(), provider.GetRequiredService&lt;IKeyStore&gt;(), provider);
///     }
///
///     public override ValueTask DisposeAsync()
///     {
///         File.Delete(_file);
///         return ValueTask.CompletedTask;
///     }
/// }
/// </code>
/// </example>
public abstract class StorePlace : IAsyncDisposable
{
    /// <summary>
    /// Makes the place, where that takes time, such as a new database. A test calls it once, before <see cref="Open"/>. By default it
    /// does nothing.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the test is.</param>
    public virtual ValueTask InitializeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// Opens the place as a process of its own would: with its own connections and nothing in memory that another <see cref="OpenStore"/>
    /// of this place has, too. The test calls <see cref="ISessionStore.InitializeAsync"/>.
    /// </summary>
    public abstract OpenStore Open();

    /// <summary>
    /// Optional: makes every later <see cref="ISessionStore.RotateAsync"/> and <see cref="ISessionStore.EndAsync"/> of one session fail
    /// with <see cref="StoreUnavailableException"/>, as a damaged row would. By default, it skips the test that needs it.
    /// </summary>
    /// <param name="id">A session that a test has created.</param>
    public virtual Task PoisonAsync(SessionId id)
    {
        Assert.Skip(
            $"{GetType().Name} does not override PoisonAsync. "
                + "So it was not checked that a write which fails leaves the writes beside it alone."
        );
        return Task.CompletedTask;
    }

    /// <summary>Removes the place. A test calls it last, when every <see cref="OpenStore"/> is disposed of.</summary>
    public abstract ValueTask DisposeAsync();
}
