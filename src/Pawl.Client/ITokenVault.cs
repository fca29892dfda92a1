namespace Pawl.Client;

/// <summary>
/// Where the tokens of one session are kept. A vault of the app's own stores <see cref="SessionTokens.ToBytes"/> in the keychain of its
/// platform. Calls for one session come one at a time from one process. A call that fails throws, best a <see cref="TokenVaultException"/>.
/// </summary>
public interface ITokenVault
{
    /// <summary>What was written last, or <see langword="null"/>.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<SessionTokens?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the tokens in one step, so that a crash leaves the old or the new ones. It returns when the end of
    /// the process cannot undo it.
    /// </summary>
    /// <param name="tokens">The tokens; <see langword="null"/> removes them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WriteAsync(SessionTokens? tokens, CancellationToken cancellationToken);

    /// <summary>
    /// Locks the vault against other processes until the result is disposed, or gives up in a few seconds and returns
    /// <see langword="null"/>: the lock saves refreshes, and the server keeps concurrent ones right. By default there is no lock.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IDisposable?> LockAsync(CancellationToken cancellationToken) => default;
}
