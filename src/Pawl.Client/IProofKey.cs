namespace Pawl.Client;

/// <summary>
/// A private key of this device, for <see cref="PawlSessionOptions.UseDpop"/>. An app implements it with the key store of its platform,
/// such as a TPM, the Secure Enclave or the Android Keystore, so that nobody can copy the key. Calls may come at the same time.
/// </summary>
/// <remarks>
/// A call that fails throws. The session reports it as <see cref="Unavailable"/> and continues when the key works again. A message of the
/// key's own is not repeated.
/// </remarks>
public interface IProofKey
{
    /// <summary>
    /// The public key, a point of the curve P-256, in 65 bytes: 4, then x and y with 32 bytes each, big-endian (SEC 1, section 2.3.3,
    /// uncompressed). It is read once, and another key is another device: sessions that are bound to the old one need a new sign-in.
    /// </summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs by ECDSA with SHA-256 (ES256 of RFC 7518, section 3.4).</summary>
    /// <param name="data">What is signed: some 400 bytes, not hashed yet. It is valid until the returned task is complete.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// 64 bytes: r and s with 32 bytes each, big-endian (IEEE P1363). Android and Apple return DER, which must be converted:
    /// <see cref="System.Security.Cryptography.DSASignatureFormat"/> names the two forms.
    /// </returns>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}
