namespace Pawl.Client;

/// <summary>
/// The app's vault, locked, for one server and one account. Every fault of it is a <see cref="TokenVaultException"/>.
/// </summary>
internal sealed class SessionVault(ITokenVault vault, string server, string account) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>One at a time in this process, and among processes if the vault can.</summary>
    public async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return new Held(_gate, await vault.LockAsync(cancellationToken));
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
        return tokens;
    }

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

    private sealed class Held(SemaphoreSlim gate, IDisposable? shared) : IDisposable
    {
        public void Dispose()
        {
            shared?.Dispose();
            gate.Release();
        }
    }
}
