using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// When a request reached the app. Middleware before the authentication may have delayed it since, and another request may have replaced
/// its tokens in the browser meanwhile.
/// </summary>
internal sealed class RequestArrival
{
    private readonly long _timestamp;

    private RequestArrival(long timestamp) => _timestamp = timestamp;

    /// <summary>Notes the time of a request with cookies. Other requests have no tokens that the browser may replace.</summary>
    public static void Note(HttpContext context, TimeProvider clock)
    {
        if (context.Request.Headers.Cookie.Count > 0)
            context.Features.Set(new RequestArrival(clock.GetTimestamp()));
    }

    /// <summary>A timestamp of the clock: the noted one, or else the present.</summary>
    public static long Of(HttpContext context, TimeProvider clock) =>
        context.Features.Get<RequestArrival>()?._timestamp ?? clock.GetTimestamp();
}
