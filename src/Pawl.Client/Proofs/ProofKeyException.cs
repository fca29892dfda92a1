namespace Pawl.Client.Proofs;

/// <summary>The key cannot make a proof now. The message is a sentence without secrets.</summary>
internal sealed class ProofKeyException(string message, Exception? innerException = null) : Exception(message, innerException);
