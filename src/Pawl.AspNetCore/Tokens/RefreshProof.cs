namespace Pawl.AspNetCore;

/// <summary>What the request of a refresh proves about its device.</summary>
internal sealed class RefreshProof
{
    private readonly Func<Session, ReadOnlyMemory<byte>> _find;

    private RefreshProof(Func<Session, ReadOnlyMemory<byte>> find) => _find = find;

    /// <summary>The transport of the sessions that this proof binds if they have no key; null if it binds none.</summary>
    public SessionTransport? Binds { get; private init; }

    /// <summary>Whether the refresh is for bound sessions only.</summary>
    public bool IsForBoundOnly { get; private init; }

    /// <summary>The proof of a native client.</summary>
    public static RefreshProof OfDpop(DpopProof proof, PawlOptions options) =>
        new(_ => proof.Key) { Binds = options.AcceptDpop ? SessionTransport.Body : null };

    /// <summary>The proof by which a browser registers its key.</summary>
    public static RefreshProof OfRegistration(DbscProof proof) => new(_ => proof.Key) { Binds = SessionTransport.Cookie };

    /// <summary>The proof of a browser's refresh. It does not name its key, so that of the session verifies it.</summary>
    public static RefreshProof OfBrowser(DbscProof proof)
    {
        // The session is read again when another request has moved it on. Its key never changes.
        ReadOnlyMemory<byte>? verified = null;
        return new(session =>
            verified ??= session.DeviceKey is { } key && proof.IsBy(key.Content.Span) ? key.Content : default(ReadOnlyMemory<byte>)
        )
        {
            IsForBoundOnly = true,
        };
    }

    /// <summary>The key that the request proves; empty if it does not prove the key of the session.</summary>
    public ReadOnlyMemory<byte> FindKey(Session session) => _find(session);
}
