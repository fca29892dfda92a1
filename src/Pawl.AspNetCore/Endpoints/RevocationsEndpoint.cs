using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/revocations?after=CURSOR&amp;wait=SECONDS</c>: which sessions have ended, for services that verify access tokens by the public keys. A question that has no answer yet
/// waits for one, woken by what this node follows anyway; what is told is always the store's own word.
/// </summary>
internal static class RevocationsEndpoint
{
    private const int PageSize = 500;
    private const int LongestWait = 30;

    // Less than the half minute that proxies and clients like to give up after.
    private const int UsualWait = 25;

    public static async Task HandleAsync(HttpContext context)
    {
        if (!await ServiceCredentials.AllowAsync(context))
            return;
        if (!TryRead(context.Request.Query, "after", long.MaxValue, out var after) || !TryRead(context.Request.Query, "wait", LongestWait, out var wait))
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }

        var (cursor, page) = await ReadAsync(context, after ?? 0);
        if (page.Count == 0 && wait is not 0)
        {
            // A node that stops does not keep its clients, nor they it.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, PawlEndpoint.Service<IHostApplicationLifetime>(context).ApplicationStopping);
            if (!await PawlEndpoint.Service<EndingFeed>(context).TryWaitAsync(cursor, TimeSpan.FromSeconds(wait ?? UsualWait), end.Token))
            {
                await Problem.RateLimited.WriteAsync(context);
                return;
            }
            context.RequestAborted.ThrowIfCancellationRequested();
            (cursor, page) = await ReadAsync(context, cursor);
        }
        await WriteAsync(context, page.Count > 0 ? page[^1].Position : cursor, page);
    }

    // A cursor from before what matters, or of another feed, as after a restored backup, is as none: all that matters is told again. Whether it is of this feed shows the ending that it stands for.
    private static async Task<(long Cursor, IReadOnlyList<SessionEnding> Page)> ReadAsync(HttpContext context, long after)
    {
        var (store, start) = (PawlEndpoint.Service<ISessionStore>(context), PawlEndpoint.Service<EndingFeed>(context).Start);
        if (after > start && await store.ReadEndingsAsync(after - 1, PageSize + 1, context.RequestAborted) is [var known, ..] page && known.Position == after)
            return (after, [.. page.Skip(1)]);
        return (start, await store.ReadEndingsAsync(start, PageSize, context.RequestAborted));
    }

    private static async Task WriteAsync(HttpContext context, long cursor, IReadOnlyList<SessionEnding> page)
    {
        var horizon = PawlEndpoint.Options(context).RevocationHorizon;
        var since = PawlEndpoint.Service<TimeProvider>(context).GetUtcNow() - horizon;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("cursor", cursor.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("remember_for", (long)horizon.TotalSeconds);
        json.WriteStartArray("revocations");
        foreach (var ending in page.Where(ending => ending.End.At >= since))
        {
            json.WriteStartObject();
            json.WriteString("sid", ending.Id.ToString());
            json.WriteString("reason", Problem.Name(ending.End.Reason));
            json.WriteNumber("ended_at", ending.End.At.ToUnixTimeSeconds());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool TryRead(IQueryCollection query, string name, long greatest, out long? value)
    {
        value = null;
        if (!query.TryGetValue(name, out var texts))
            return true;
        var taken = long.TryParse(texts.Count == 1 ? texts[0] : null, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= greatest;
        value = number;
        return taken;
    }
}
