using Pawl.Client.Proofs;

namespace Pawl.Client;

/// <summary>
/// The app's vault, locked, for one server and one account. Every fault of it is a <see cref="TokenVaultException"/>.
/// </summary>
internal sealed class SessionVault(ITokenVault vault, string server, string account, SessionKey? appKey) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>One at a time in this process, and among processes if the vault can.</summary>
    public async Task<VaultLock> LockAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var shared = await vault.LockAsync(cancellationToken);
            // A file that is locked by another process is in use there. A vault without locks belongs to one process.
            return new(_gate, shared, isExclusive: shared is not null || vault is not FileTokenVault);
        }
        catch (Exception e)
        {
            _gate.Release();
            if (e is OperationCanceledException or TokenVaultException)
                throw;
            throw Unexpected(e);
        }
    }

    public async Task<SessionTokens?> ReadAsync(CancellationToken cancellationToken)
    {
        var tokens = await GuardAsync(() => vault.ReadAsync(cancellationToken).AsTask());
        // A refresh token is shown to the server that issued it, and to no other.
        if (tokens is not null && (tokens.Server, tokens.Account) != (server, account))
            throw new TokenVaultException(
                tokens.Server != server
                    ? $"The token vault holds a session of {tokens.Server}, and this session is for {server}."
                    : "The token vault holds the session of another account."
            )
            {
                IsOfAnother = true,
            };
        return tokens is null ? null : WithAppKey(tokens);
    }

    /// <summary>A vault only names the app's key. Without it, the key of the tokens stays missing.</summary>
    public SessionTokens WithAppKey(SessionTokens tokens) =>
        tokens.Key is { Writer: null } named && named.Thumbprint == appKey?.Thumbprint ? tokens.With(key: appKey) : tokens;

    public Task WriteAsync(SessionTokens? tokens, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            await vault.WriteAsync(tokens?.With(owner: (server, account)), cancellationToken);
            return true;
        });

    private static async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is not (OperationCanceledException or TokenVaultException))
        {
            throw Unexpected(e);
        }
    }

    // The app's own message may hold what it tried to store.
    private static TokenVaultException Unexpected(Exception e) => new($"The token vault has failed with {e.GetType().Name}.", e);

    public void Dispose() => _gate.Dispose();
}

/// <summary>The right to use a vault, until it is disposed.</summary>
internal sealed class VaultLock(SemaphoreSlim gate, IDisposable? shared, bool isExclusive) : IDisposable
{
    /// <summary>False if another process may be using the vault now.</summary>
    public bool IsExclusive => isExclusive;

    public void Dispose()
    {
        shared?.Dispose();
        gate.Release();
    }
}
