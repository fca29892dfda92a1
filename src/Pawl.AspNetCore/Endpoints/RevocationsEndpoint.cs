using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/revocations?after=CURSOR&amp;wait=SECONDS</c>: lists ended sessions, for services that verify access tokens by the public
/// keys. A request without news waits until this node reads a new ending. The content always comes from the store.
/// </summary>
internal static class RevocationsEndpoint
{
    /// <summary>The maximum number of endings in a page.</summary>
    public const int PageSize = 500;

    private const int MaxWait = 30;

    // Less than half a minute, which is a common timeout of proxies and clients.
    private const int UsualWait = 25;

    public static EndpointDescription Description =>
        new EndpointDescription("PawlRevocations", "The sessions that have ended, for services that verify access tokens")
            .Takes(static (long? after = null, int? wait = null) => { })
            .Returns<RevocationListResponse>()
            .Refuses(Problem.InvalidRequest, Problem.HttpsRequired, Problem.InvalidClient, Problem.RateLimited);

    public static async Task HandleAsync(HttpContext context)
    {
        if (!await ServiceCredentials.AllowAsync(context))
            return;
        if (
            !TryRead(context.Request.Query, "after", long.MaxValue, out var after)
            || !TryRead(context.Request.Query, "wait", MaxWait, out var wait)
        )
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }

        var (cursor, page) = await ReadAsync(context, after ?? 0);
        if (page.Count == 0 && wait is not 0)
        {
            // A stopping node completes waiting requests at once, so that they do not delay the stop.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted,
                PawlEndpoint.Service<IHostApplicationLifetime>(context).ApplicationStopping
            );
            if (!await PawlEndpoint.Service<EndingFeed>(context).TryWaitAsync(cursor, TimeSpan.FromSeconds(wait ?? UsualWait), end.Token))
            {
                await Problem.RateLimited.WriteAsync(context);
                return;
            }
            context.RequestAborted.ThrowIfCancellationRequested();
            (cursor, page) = await ReadAsync(context, cursor);
        }
        Write(context, page.Count > 0 ? page[^1].Position : cursor, page);
    }

    // A cursor that is too old, or from another feed (a restored backup), is ignored, and everything current is sent again. The ending at
    // the cursor's position shows whether it belongs to this feed.
    private static async Task<(long Cursor, IReadOnlyList<SessionEnding> Page)> ReadAsync(HttpContext context, long after)
    {
        var (store, start) = (PawlEndpoint.Service<ISessionStore>(context), PawlEndpoint.Service<EndingFeed>(context).Start);
        if (
            after > start
            && await store.ReadEndingsAsync(after - 1, PageSize + 1, context.RequestAborted) is [var known, ..] page
            && known.Position == after
        )
            return (after, [.. page.Skip(1)]);
        return (start, await store.ReadEndingsAsync(start, PageSize, context.RequestAborted));
    }

    private static void Write(HttpContext context, long cursor, IReadOnlyList<SessionEnding> page)
    {
        var horizon = PawlEndpoint.Options(context).EndingHorizon;
        var since = PawlEndpoint.Service<TimeProvider>(context).GetUtcNow() - horizon;
        var body = new RevocationListResponse
        {
            Cursor = cursor.ToString(CultureInfo.InvariantCulture),
            RememberFor = (long)horizon.TotalSeconds,
            Revocations = [.. page.Where(ending => ending.End.At >= since).Select(Describe)],
        };
        PawlJson.Write(context.Response, body, PawlJson.Default.RevocationListResponse);
    }

    private static RevocationListEntry Describe(SessionEnding ending) =>
        new()
        {
            SessionId = ending.Id.ToString(),
            Reason = Problem.Name(ending.End.Reason),
            EndedAt = ending.End.At.ToUnixTimeSeconds(),
        };

    private static bool TryRead(IQueryCollection query, string name, long greatest, out long? value)
    {
        value = null;
        if (!query.TryGetValue(name, out var texts))
            return true;
        var taken =
            long.TryParse(texts.Count == 1 ? texts[0] : null, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= greatest;
        value = number;
        return taken;
    }
}
