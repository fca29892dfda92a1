namespace Pawl.Client;

/// <summary>Keeps the tokens in memory: the session is lost with the process. The default.</summary>
public sealed class MemoryTokenVault : ITokenVault
{
    private volatile SessionTokens? _tokens;

    /// <inheritdoc/>
    public ValueTask<SessionTokens?> ReadAsync(CancellationToken cancellationToken) => new(_tokens);

    /// <inheritdoc/>
    public ValueTask WriteAsync(SessionTokens? tokens, CancellationToken cancellationToken)
    {
        _tokens = tokens;
        return default;
    }
}
