namespace Pawl;

/// <summary>The newest refresh token that has moved a session on. A session remembers no other token.</summary>
public readonly record struct SessionHead
{
    /// <summary>Creates a head.</summary>
    /// <param name="generation">The number of earlier moves of the session, from 0 at sign-in.</param>
    /// <param name="tokenId">The random id of the token.</param>
    public SessionHead(uint generation, ulong tokenId) => (Generation, TokenId) = (generation, tokenId);

    /// <summary>The number of earlier moves of the session, from 0 at sign-in.</summary>
    public uint Generation { get; init; }

    /// <summary>The random id of the token.</summary>
    public ulong TokenId { get; init; }
}
