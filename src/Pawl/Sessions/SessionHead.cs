namespace Pawl;

/// <summary>The newest refresh token that was used to move a session on: all that a session remembers of its tokens.</summary>
/// <param name="Generation">How many times the session had been moved on before, counted from 0 at sign-in.</param>
/// <param name="TokenId">The random id of that token.</param>
public readonly record struct SessionHead(uint Generation, ulong TokenId);
