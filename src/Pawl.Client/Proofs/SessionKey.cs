namespace Pawl.Client.Proofs;

/// <summary>
/// The key of a session: this library's own, which is saved with the tokens, or the app's, of which only the thumbprint is saved. A vault
/// without the app's key names a key that is missing.
/// </summary>
internal sealed class SessionKey
{
    private SessionKey(string thumbprint, ProofWriter? writer, byte[]? content) =>
        (Thumbprint, Writer, Content) = (thumbprint, writer, content);

    public string Thumbprint { get; }

    /// <summary>Null if this program does not have the key.</summary>
    public ProofWriter? Writer { get; }

    /// <summary>What the vault keeps; null if the app keeps the key.</summary>
    public byte[]? Content { get; }

    public static SessionKey Create() => Of(LocalKey.Create());

    public static SessionKey OfApp(IProofKey key)
    {
        var writer = new ProofWriter(key, isTrusted: false);
        return new(writer.Thumbprint, writer, null);
    }

    /// <summary>What a vault has; null if it is damaged.</summary>
    public static SessionKey? OfVault(string? thumbprint, byte[]? content) =>
        content is null ? (thumbprint is null ? null : new(thumbprint, null, null))
        : LocalKey.TryRead(content) is { } key ? Of(key)
        : null;

    private static SessionKey Of(LocalKey key)
    {
        var writer = new ProofWriter(key, isTrusted: true);
        return new(writer.Thumbprint, writer, key.Export());
    }
}
