namespace Pawl.AspNetCore;

/// <summary>What the request of a refresh proves about its device. The signature of the proof has been verified.</summary>
internal sealed class RefreshProof
{
    private RefreshProof(ReadOnlyMemory<byte> key) => Key = key;

    /// <summary>The key that the request proves; empty if a browser has sent a proof in a session without a key.</summary>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>The transport of the sessions that this proof binds if they have no key; null if it binds none.</summary>
    public SessionTransport? Binds { get; private init; }

    /// <summary>Whether the refresh is for bound sessions only.</summary>
    public bool IsForBoundOnly { get; private init; }

    /// <summary>
    /// Whether the proof was refused, as one with an old nonce is. It proves nothing. It is no alarm either, because its sender has a key.
    /// </summary>
    public bool IsRefused { get; private init; }

    /// <summary>A refused proof of a native client, at a server that accepts requests without proofs.</summary>
    public static RefreshProof OfRefused { get; } = new(default) { IsRefused = true };

    /// <summary>The proof of a native client.</summary>
    public static RefreshProof OfDpop(DpopProof proof, PawlOptions options) =>
        new(proof.Key) { Binds = options.AcceptDpop ? SessionTransport.Body : null };

    /// <summary>The proof by which a browser registers its key.</summary>
    public static RefreshProof OfRegistration(DbscProof proof) => new(proof.Key) { Binds = SessionTransport.Cookie };

    /// <summary>The proof of a browser's refresh. It does not name its key: the key of the session has verified it.</summary>
    public static RefreshProof OfBrowser(ReadOnlyMemory<byte> key) => new(key) { IsForBoundOnly = true };
}
