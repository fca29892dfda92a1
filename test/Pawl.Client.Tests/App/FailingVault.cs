namespace Pawl.Client.Tests;

/// <summary>A vault of an app's own that fails when the test wants it to.</summary>
internal sealed class FailingVault : ITokenVault
{
    public MemoryTokenVault Kept { get; } = new();

    public bool FailsToWrite { get; set; }

    public bool FailsToRead { get; set; }

    /// <summary>What it has failed to write.</summary>
    public SessionTokens? Refused { get; private set; }

    public ValueTask<SessionTokens?> ReadAsync(CancellationToken cancellationToken) =>
        FailsToRead ? throw new IOException("secret text of the app") : Kept.ReadAsync(cancellationToken);

    public ValueTask WriteAsync(SessionTokens? tokens, CancellationToken cancellationToken)
    {
        if (!FailsToWrite)
            return Kept.WriteAsync(tokens, cancellationToken);
        Refused = tokens;
        throw new IOException("secret text of the app");
    }
}
