namespace Pawl.Stores.Testing;

/// <summary>Calls that a store answers in several parts, joined.</summary>
internal static class StoreCalls
{
    /// <summary>All pages of a user's list.</summary>
    public static async ValueTask<List<Session>> ListAllAsync(
        this ISessionStore store,
        string subject,
        CancellationToken cancellationToken,
        int limit = 100
    )
    {
        var all = new List<Session>();
        IReadOnlyList<Session> page;
        do
        {
            page = await store.ListAsync(subject, all.Count == 0 ? null : SessionPosition.Of(all[^1]), limit, cancellationToken);
            all.AddRange(page);
        } while (page.Count == limit);
        return all;
    }

    /// <summary>All steps of an ending.</summary>
    public static async ValueTask<List<SessionId>> EndAllNowAsync(
        this ISessionStore store,
        string subject,
        SessionId? except,
        SessionEnd ending,
        CancellationToken cancellationToken
    )
    {
        var all = new List<SessionId>();
        await foreach (var step in store.EndAllAsync(subject, except, ending, cancellationToken))
            all.AddRange(step);
        return all;
    }
}
