using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// All log messages but those of cookie tickets. A message never holds a token, a cookie or a key. It names a session by its public id.
/// </summary>
internal static partial class PawlLog
{
    [LoggerMessage(1, LogLevel.Information, "session_created {SessionId}")]
    public static partial void SessionStarted(this ILogger logger, SessionId sessionId);

    [LoggerMessage(2, LogLevel.Information, "session_ended {SessionId} {Reason}")]
    public static partial void SessionEnded(this ILogger logger, SessionId sessionId, SessionEndReason reason);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "authn_token_reuse {SessionId}: a spent refresh token was used again, so two parties hold the session; the session has been ended"
    )]
    public static partial void TokenReused(this ILogger logger, SessionId sessionId);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "session_recovered {SessionId}: the store has lost writes, and the client has a newer token; the session continues"
    )]
    public static partial void SessionRecovered(this ILogger logger, SessionId sessionId);

    [LoggerMessage(5, LogLevel.Warning, "request_rejected {Code}")]
    public static partial void RequestRejected(this ILogger logger, string code);

    [LoggerMessage(6, LogLevel.Error, "store_unavailable")]
    public static partial void StoreUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Information, "key_made {Purpose} {KeyId}, in use from {ActivatesAt}")]
    public static partial void KeyMade(this ILogger logger, KeyPurpose purpose, string keyId, DateTimeOffset activatesAt);

    [LoggerMessage(8, LogLevel.Warning, "key_revoked {KeyId}: tokens signed with this key are refused from now on")]
    public static partial void KeyRevoked(this ILogger logger, string keyId);

    [LoggerMessage(9, LogLevel.Warning, "Sessions over plain http work on localhost only; use https on every other host")]
    public static partial void PlainHttp(this ILogger logger);

    [LoggerMessage(10, LogLevel.Information, "sessions_pruned {Count}")]
    public static partial void Pruned(this ILogger logger, int count);

    [LoggerMessage(11, LogLevel.Error, "{Task} failed; the next attempt is in {Delay}")]
    public static partial void BackgroundFailed(this ILogger logger, string task, TimeSpan delay, Exception exception);

    [LoggerMessage(
        12,
        LogLevel.Warning,
        "The Data Protection keys encrypt Pawl's keys, and they are in the file system of this container: "
            + "if the container is removed, all users are signed out. {Remedy}"
    )]
    public static partial void KeysInContainer(this ILogger logger, string remedy);

    [LoggerMessage(
        13,
        LogLevel.Error,
        "revocation_feed_down: this node does not receive session endings from other nodes; "
            + "it accepts access tokens of those sessions until they expire, except on endpoints that require a live session"
    )]
    public static partial void FeedDown(this ILogger logger, Exception exception);

    [LoggerMessage(14, LogLevel.Information, "revocation_feed_up: this node has received all session endings that it missed")]
    public static partial void FeedUp(this ILogger logger);

    [LoggerMessage(
        30,
        LogLevel.Error,
        "{Endpoint} was reached before the authentication middleware, so requests from other sites are checked only on endpoints that "
            + "authenticate. Write app.UseAuthentication() after app.UseRouting() and before app.UseAuthorization(), also in each branch"
    )]
    public static partial void GuardedLate(this ILogger logger, string endpoint);

    [LoggerMessage(
        31,
        LogLevel.Error,
        "The authentication middleware is missing, so endpoints that need no sign-in are not protected against requests from other sites. "
            + "Write app.UseAuthentication() after app.UseRouting() and before app.UseAuthorization()"
    )]
    public static partial void MiddlewareMissing(this ILogger logger);

    [LoggerMessage(
        32,
        LogLevel.Warning,
        "Pages of other origins cannot read why their requests are refused: "
            + "authentication runs before the CORS middleware, whose policy is not the default one. "
            + "Write app.UseCors(…) before app.UseAuthentication() and app.UseAuthorization()"
    )]
    public static partial void ProblemWithoutCors(this ILogger logger);

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "A response that sets the session's cookies has about {Bytes} bytes of headers; the access token is {TokenBytes} of them. "
            + "nginx answers 502 to a response with over 4,096 unless it has 'proxy_buffer_size 16k; proxy_buffers 4 16k;'. "
            + "Set that, or sign in with fewer claims"
    )]
    public static partial void LargeResponseHeader(this ILogger logger, string bytes, string tokenBytes);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "messages_left_out {MessageId} {Kind}: {Count} more messages of this kind within a minute were not logged"
    )]
    public static partial void LeftOut(this ILogger logger, int messageId, string kind, int count);

    [LoggerMessage(
        24,
        LogLevel.Warning,
        "A request over plain http to another host than localhost was refused, since sessions need https. "
            + "In development, open the page as http://localhost or by https (dotnet dev-certs https --trust). Behind a proxy that ends "
            + "TLS, "
            + "write app.UseForwardedHeaders() before app.UseAuthentication(), or set ASPNETCORE_FORWARDEDHEADERS_ENABLED=true"
    )]
    public static partial void HttpsRequired(this ILogger logger);

    [LoggerMessage(
        25,
        LogLevel.Warning,
        "{Cookie} has the form of a refresh token, but no key of this app made it, so the refresh was refused. If several apps use one "
            + "host name, on other ports or paths, their cookies overwrite each other: give each app its own options.CookieName. "
            + "If all users are affected, this app has lost its keys or uses another store"
    )]
    public static partial void ForeignRefreshCookie(this ILogger logger, string cookie);

    [LoggerMessage(
        21,
        LogLevel.Warning,
        "Pawl's endpoints are not mapped, so a sign-in fails and browsers cannot refresh their sessions below {BasePath}; "
            + "write app.MapPawl(). A node that only checks access tokens needs no endpoints"
    )]
    public static partial void NotMapped(this ILogger logger, Microsoft.AspNetCore.Http.PathString basePath);

    [LoggerMessage(
        27,
        LogLevel.Information,
        "Pawl's endpoints are not mapped, so the browser client, native clients and other services find nothing below {BasePath}; "
            + "the server refreshes the sessions of pages by itself (RefreshOnRequest is {RefreshOnRequest}). "
            + "Write app.MapPawl() if scripts of the app send requests for a user"
    )]
    public static partial void NotMappedButRefreshed(
        this ILogger logger,
        Microsoft.AspNetCore.Http.PathString basePath,
        RefreshOnRequest refreshOnRequest
    );

    [LoggerMessage(
        22,
        LogLevel.Warning,
        "A refresh does not ask ASP.NET Core Identity, so disabled users stay signed in, and so do devices from before a change of "
            + "password; "
            + "write AddPawl(IdentityConstants.ApplicationScheme).AddIdentityUsers<User>()"
    )]
    public static partial void IdentityNotAsked(this ILogger logger);

    [LoggerMessage(
        23,
        LogLevel.Warning,
        "The app's default scheme is {Scheme}, and no endpoint names {Ours}: {Scheme} authenticates the requests, and a sign-in without a "
            + "scheme starts no Pawl session; write AddAuthentication(\"{Ours}\"), or name {Ours} at each sign-in and endpoint"
    )]
    public static partial void OtherIsDefault(this ILogger logger, string scheme, string ours);

    [LoggerMessage(
        33,
        LogLevel.Warning,
        "The issuer is {Issuer}, but a request to its host arrived as {Address}. A proxy drops the port, or the app does not read the "
            + "forwarded headers. With nginx, write 'proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;', and "
            + "call UseForwardedHeaders before UseAuthentication"
    )]
    public static partial void OtherAddress(this ILogger logger, string issuer, string address);

    [LoggerMessage(
        34,
        LogLevel.Warning,
        "A request to a hub was refused, since access_token in its URL was not a ticket, and logs show URLs. In the page, "
            + "let accessTokenFactory return a ticket from POST {Path}; see docs/clients.md"
    )]
    public static partial void TokenInUrl(this ILogger logger, string path);

    [LoggerMessage(
        26,
        LogLevel.Error,
        "{Page} is where users without access are redirected, but it requires a user itself, so the response is an error and not a "
            + "redirect to the same page. Let the page allow anonymous requests ([AllowAnonymous]), also if a fallback policy covers it"
    )]
    public static partial void RedirectLoop(this ILogger logger, string page);

    [LoggerMessage(
        53,
        LogLevel.Information,
        "LoginPath is set, so the cookies are SameSite=Lax: a link from another site opens a page signed in. To have Strict cookies, set "
            + "options.SameSite in AddPawl"
    )]
    public static partial void LaxByDefault(this ILogger logger);

    [LoggerMessage(
        52,
        LogLevel.Information,
        "User.Identity.Name is the user's id, because access tokens carry no names: every holder of a token can read it. To have the name, "
            + "set options.IncludePersonalClaims = true in AddPawl"
    )]
    public static partial void NameLeftOut(this ILogger logger);

    [LoggerMessage(
        28,
        LogLevel.Warning,
        "Pawl has taken the place of the cookie scheme {Scheme}, and these settings of it have no effect: {Settings}. "
            + "See docs/moving-from-cookies.md"
    )]
    public static partial void CookieSettingsIgnored(this ILogger logger, string scheme, string settings);

    [LoggerMessage(
        50,
        LogLevel.Warning,
        "The security stamp of a user could not be read before an update. If the update changes a credential, the session that makes it "
            + "ends at its next refresh, too"
    )]
    public static partial void StampNotRead(this ILogger logger, Exception exception);

    [LoggerMessage(
        51,
        LogLevel.Warning,
        "A user's credential was changed, but the user's sessions could not be updated. All sessions with the old security stamp end at "
            + "their next refresh, including the one that made the change"
    )]
    public static partial void StampChangeNotFollowed(this ILogger logger, Exception exception);

    [LoggerMessage(
        60,
        LogLevel.Error,
        "The items and tokens of session {Session} cannot be decrypted. The session goes on without them until the user signs in again. If "
            + "the keys of Data Protection were lost, the exception says how to keep them"
    )]
    public static partial void ItemsLost(this ILogger logger, SessionId session, Exception exception);

    [LoggerMessage(
        61,
        LogLevel.Information,
        "A sign-in without properties has started a session that outlives the browser. With cookie authentication it would end with the "
            + "browser: for that, pass new AuthenticationProperties {{ IsPersistent = false }}"
    )]
    public static partial void PersistentByDefault(this ILogger logger);
}
