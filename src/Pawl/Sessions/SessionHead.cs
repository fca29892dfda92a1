namespace Pawl;

/// <summary>The newest refresh token that was used to move a session on: all that a session remembers of its tokens.</summary>
public readonly record struct SessionHead
{
    /// <summary>A head.</summary>
    /// <param name="generation">How many times the session had been moved on before, counted from 0 at sign-in.</param>
    /// <param name="tokenId">The random id of the token.</param>
    public SessionHead(uint generation, ulong tokenId) => (Generation, TokenId) = (generation, tokenId);

    /// <summary>How many times the session had been moved on before, counted from 0 at sign-in.</summary>
    public uint Generation { get; init; }

    /// <summary>The random id of the token.</summary>
    public ulong TokenId { get; init; }
}
