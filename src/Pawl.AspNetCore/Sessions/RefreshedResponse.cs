using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;

namespace Pawl.AspNetCore;

/// <summary>Adds the cookies of a session to the response of a request that was refreshed in the middle, if it starts in time.</summary>
internal sealed class RefreshedResponse(EndedSessions ended, TimeProvider clock)
{
    // A response that comes later could replace newer cookies in the browser, whose next refresh would then look like a theft.
    private const int PartOfSettlePeriod = 4;

    /// <summary>How long after the arrival of its request a response may carry the cookies.</summary>
    public static TimeSpan FindTimeLimit(PawlOptions options) => options.SettlePeriod / PartOfSettlePeriod;

    /// <param name="context">The request.</param>
    /// <param name="tokens">The tokens of the session.</param>
    /// <param name="arrivedAt">When the request arrived, as a timestamp of the clock.</param>
    /// <param name="options">The scheme's options.</param>
    /// <param name="added">Called if the cookies are added, while headers can still be changed.</param>
    public void AddCookies(HttpContext context, IssuedTokens tokens, long arrivedAt, PawlOptions options, Action? added = null)
    {
        ForbidCaching(context);
        PendingCookies.Add(context, () =>
        {
            if (clock.GetElapsedTime(arrivedAt) > FindTimeLimit(options) || ended.Find(tokens.Session.Id) is not null)
                return;
            ForbidCaching(context);
            TokenCookies.WriteRefreshed(context.Response, tokens, options);
            added?.Invoke();
        });
    }

    /// <summary>Keeps a response out of the output cache, which ignores <c>Cache-Control</c>, wherever that middleware stands.</summary>
    // It decides by the headers before the cookies are among them.
    public static void ForbidCaching(HttpContext context)
    {
        if (context.Features.Get<IOutputCacheFeature>() is { } cache)
            cache.Context.AllowCacheStorage = false;
    }
}
