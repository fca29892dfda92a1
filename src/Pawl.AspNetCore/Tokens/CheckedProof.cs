namespace Pawl.AspNetCore;

/// <summary>
/// What a request's proof was worth. The pipeline may run again for the page of an error, and the proof has been used by then.
/// </summary>
/// <param name="TokenId">The access token that the proof came with.</param>
/// <param name="SessionId">Its session.</param>
/// <param name="Fault">Why it was refused; null if it was accepted.</param>
/// <param name="HasNonce">Whether it has a nonce that is good.</param>
/// <param name="Nonces">Those of the app or service that has checked it.</param>
internal sealed record CheckedProof(string TokenId, SessionId SessionId, Problem? Fault, bool HasNonce, DpopNonces Nonces);
