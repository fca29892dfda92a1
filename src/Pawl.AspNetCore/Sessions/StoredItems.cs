using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// The items of sessions, encrypted in the store. A node reads a version once, and a session without items costs nothing.
/// </summary>
internal sealed class StoredItems(
    ISessionStore store,
    PropertiesProtection protection,
    CachedItems cache,
    LogSampler sampler,
    ILogger<StoredItems> logger
)
{
    private const int VersionSize = 6;

    /// <summary>
    /// Adds the items of a token's session to the properties of a request that the token authenticates. Returns the fault if the store
    /// does not answer. The request must not go on then: an app that found no tokens of a provider might replace them.
    /// </summary>
    public async ValueTask<StoreUnavailableException?> AddToAsync(
        AuthenticationProperties properties,
        AccessToken token,
        HttpContext context
    )
    {
        if (token.PropertiesVersion == 0)
            return null;
        try
        {
            var items = cache.Find(token) ?? await ReadAsync(token, context.RequestAborted);
            items.CopyTo(properties);
            context.Features.Set(new RequestItems(token.SessionId, items));
            return null;
        }
        catch (StoreUnavailableException e)
        {
            sampler.StoreUnavailable(logger, e);
            return e;
        }
    }

    /// <summary>Encrypts items for a session under a new version. The default value means that there are none.</summary>
    /// <exception cref="ArgumentException">The items are too large.</exception>
    public SessionProperties Protect(SessionId session, SessionItems items) =>
        items.IsEmpty ? default : new(NewVersion(), protection.Protect(session, items.ToBytes()));

    /// <summary>Notes what a session has from now on, so that this node reads neither it nor an older version.</summary>
    public void Note(Session session, SessionItems items, DateTimeOffset expiresAt) =>
        cache.Set(session.Id, session.PropertiesVersion, session.PropertiesVersion, items, expiresAt);

    // The store decides: after a change by another request, or with a restored backup, it has another version than the token names, or
    // none. The next refresh brings a token that names the version of the store.
    private async Task<SessionItems> ReadAsync(AccessToken token, CancellationToken cancellationToken)
    {
        var found = await store.FindPropertiesAsync(token.SessionId, cancellationToken);
        var items = found == default ? SessionItems.None : Unprotect(token.SessionId, found);
        cache.Set(token.SessionId, token.PropertiesVersion, found.Version, items, token.ExpiresAt);
        return items;
    }

    // Without the keys of Data Protection, or with another KeyEncryptionKey, this node would not have started. So this key is lost for
    // good, or the bytes are another session's. A 503 would go on until the session ends, and the next sign-in brings new items.
    private SessionItems Unprotect(SessionId session, SessionProperties found)
    {
        try
        {
            return SessionItems.FromBytes(protection.Unprotect(session, found.Content));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            sampler.ItemsLost(logger, session, e);
            return SessionItems.None;
        }
    }

    private static long NewVersion()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes[^VersionSize..]);
        // 0 means that there are none.
        return Math.Max(1, BinaryPrimitives.ReadInt64BigEndian(bytes));
    }
}

/// <summary>The items that a request has got from <c>AuthenticateAsync</c>.</summary>
internal sealed record RequestItems(SessionId Session, SessionItems Items)
{
    /// <summary>The items of the request's session; none if the session has none, or the request does not know them.</summary>
    public static SessionItems Of(HttpContext context, SessionId session) =>
        context.Features.Get<RequestItems>() is { } read && read.Session == session ? read.Items : SessionItems.None;
}
