namespace Pawl.AspNetCore;

/// <summary>The app or service that a proof has to be made for, and what it remembers.</summary>
/// <param name="PublicUrl">The URL by which clients reach it; null if it is not known, and then every proof is refused.</param>
/// <param name="Nonces">Its nonces.</param>
/// <param name="Used">The proofs that this node of it has seen.</param>
internal readonly record struct ProofPlace(string? PublicUrl, DpopNonces Nonces, UsedProofs Used);
