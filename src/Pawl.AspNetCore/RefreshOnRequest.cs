namespace Pawl.AspNetCore;

/// <summary>Which requests the server refreshes while it answers them, if their access token is missing or not accepted.</summary>
public enum RefreshOnRequest
{
    /// <summary>None. The client has to refresh.</summary>
    Never,

    /// <summary>
    /// Requests for a page: the browser says so (<c>Sec-Fetch-Mode: navigate</c>). A request without Fetch Metadata is one if it accepts
    /// <c>text/html</c> and is no <c>XMLHttpRequest</c>. So are the requests that open the connection of a Blazor circuit, from a page of
    /// the app's own origin. Other requests get 401 <c>access_token_expired</c>, and the browser client refreshes.
    /// </summary>
    Navigations,

    /// <summary>
    /// All requests with the session's cookies. Use it for an app without the browser client, whose scripts, images and WebSockets need a
    /// user.
    /// </summary>
    Always,
}
