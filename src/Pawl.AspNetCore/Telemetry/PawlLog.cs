using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Every message there is. None holds a token, a cookie or a key; sessions are named by their public id.</summary>
internal static partial class PawlLog
{
    [LoggerMessage(1, LogLevel.Information, "session_created {SessionId}")]
    public static partial void SessionStarted(this ILogger logger, SessionId sessionId);

    [LoggerMessage(2, LogLevel.Information, "session_ended {SessionId} {Reason}")]
    public static partial void SessionEnded(this ILogger logger, SessionId sessionId, SessionEndReason reason);

    [LoggerMessage(3, LogLevel.Warning, "authn_token_reuse {SessionId}: a spent refresh token came back, so two parties held the chain; the session has been ended")]
    public static partial void TokenReused(this ILogger logger, SessionId sessionId);

    [LoggerMessage(4, LogLevel.Warning, "session_recovered {SessionId}: the client is ahead of the store, which has lost writes; the session goes on")]
    public static partial void SessionRecovered(this ILogger logger, SessionId sessionId);

    [LoggerMessage(5, LogLevel.Warning, "request_rejected {Code}")]
    public static partial void RequestRejected(this ILogger logger, string code);

    [LoggerMessage(6, LogLevel.Error, "store_unavailable")]
    public static partial void StoreUnavailable(this ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Information, "key_made {Purpose} {KeyId}, in use from {ActivatesAt}")]
    public static partial void KeyMade(this ILogger logger, KeyPurpose purpose, string keyId, DateTimeOffset activatesAt);

    [LoggerMessage(8, LogLevel.Warning, "key_revoked {KeyId}: its tokens are refused from now on")]
    public static partial void KeyRevoked(this ILogger logger, string keyId);

    [LoggerMessage(9, LogLevel.Warning, "Sessions over plain http are allowed on this machine only (localhost); anywhere else use https")]
    public static partial void PlainHttp(this ILogger logger);

    [LoggerMessage(10, LogLevel.Information, "sessions_pruned {Count}")]
    public static partial void Pruned(this ILogger logger, int count);

    [LoggerMessage(11, LogLevel.Error, "{Task} failed; it is tried again in {Delay}")]
    public static partial void BackgroundFailed(this ILogger logger, string task, TimeSpan delay, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "The Data Protection keys, which encrypt Pawl's, lie in this container's own file system: if they go with it, everybody is signed out. {Remedy}")]
    public static partial void KeysInContainer(this ILogger logger, string remedy);

    [LoggerMessage(13, LogLevel.Error, "revocation_feed_down: what other nodes end is not learnt; access tokens of such sessions are honoured until they expire, except where the live session is asked for")]
    public static partial void FeedDown(this ILogger logger, Exception exception);

    [LoggerMessage(14, LogLevel.Information, "revocation_feed_up: everything that was ended meanwhile is known")]
    public static partial void FeedUp(this ILogger logger);

    [LoggerMessage(30, LogLevel.Error,
        "{Endpoint} was reached before the authentication middleware, so requests from other sites are checked only where they "
        + "authenticate. Write app.UseAuthentication() after app.UseRouting() and before app.UseAuthorization(), also in each branch")]
    public static partial void GuardedLate(this ILogger logger, string endpoint);

    [LoggerMessage(31, LogLevel.Error,
        "The authentication middleware is missing, so endpoints that need no sign-in are not protected against requests from other sites. "
        + "Write app.UseAuthentication() after app.UseRouting() and before app.UseAuthorization()")]
    public static partial void MiddlewareMissing(this ILogger logger);

    [LoggerMessage(32, LogLevel.Warning,
        "Pages of other origins cannot read why they are refused: "
        + "authentication runs before the CORS middleware, whose policy is not the default one. "
        + "Write app.UseCors(…) before app.UseAuthentication() and app.UseAuthorization()")]
    public static partial void ProblemWithoutCors(this ILogger logger);

    [LoggerMessage(20, LogLevel.Warning,
        "A response that sets the session's cookies has about {Bytes} bytes of headers; the access token is {TokenBytes} of them. "
        + "nginx answers 502 to a response with over 4,096 unless it has 'proxy_buffer_size 16k; proxy_buffers 4 16k;'. "
        + "Set that, or sign in with fewer claims")]
    public static partial void LargeResponseHeader(this ILogger logger, string bytes, string tokenBytes);

    [LoggerMessage(15, LogLevel.Warning, "messages_left_out {MessageId} {Kind}: {Count} within a minute, beyond those that were written")]
    public static partial void LeftOut(this ILogger logger, int messageId, string kind, int count);

    [LoggerMessage(24, LogLevel.Warning,
        "A request over plain http to another host than localhost was refused, since sessions need https. "
        + "In development, open the page as http://localhost or by https (dotnet dev-certs https --trust). Behind a proxy that ends TLS, "
        + "write app.UseForwardedHeaders() before app.UseAuthentication(), or set ASPNETCORE_FORWARDEDHEADERS_ENABLED=true")]
    public static partial void HttpsRequired(this ILogger logger);

    [LoggerMessage(21, LogLevel.Warning,
        "Pawl's endpoints are not mapped, so that a sign-in here fails and no browser can refresh its session below {BasePath}; "
        + "write app.MapPawl(). A node that signs no user in, and only checks access tokens, needs none")]
    public static partial void NotMapped(this ILogger logger, Microsoft.AspNetCore.Http.PathString basePath);

    [LoggerMessage(22, LogLevel.Warning,
        "ASP.NET Core Identity is not asked at a refresh, so that a disabled user and a device from before a change of password stay "
        + "signed in; write AddPawl(IdentityConstants.ApplicationScheme).AddIdentityUsers<User>()")]
    public static partial void IdentityNotAsked(this ILogger logger);

    [LoggerMessage(23, LogLevel.Warning,
        "The app's default scheme is {Scheme}, and no endpoint names {Ours}: requests are authenticated there, and a sign-in that names "
        + "no scheme starts no session of Pawl's; write AddAuthentication(\"{Ours}\"), or name it at each sign-in and endpoint")]
    public static partial void OtherIsDefault(this ILogger logger, string scheme, string ours);

    [LoggerMessage(33, LogLevel.Warning,
        "The issuer is {Issuer}, but a request to its host arrived as {Address}. A proxy drops the port, or the app does not read the "
        + "forwarded headers. With nginx, write 'proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;', and "
        + "call UseForwardedHeaders before UseAuthentication")]
    public static partial void OtherAddress(this ILogger logger, string issuer, string address);

    [LoggerMessage(34, LogLevel.Warning,
        "A request to a hub had something else than a ticket as access_token in its URL, and was refused: logs show URLs. In the page, "
        + "let accessTokenFactory return a ticket from POST {Path}; see docs/clients.md")]
    public static partial void TokenInUrl(this ILogger logger, string path);

    [LoggerMessage(52, LogLevel.Information,
        "User.Identity.Name is the user's id, because access tokens leave names out: whoever holds a token can read it. To have the name, "
        + "set options.IncludePersonalClaims = true in AddPawl")]
    public static partial void NameLeftOut(this ILogger logger);

    [LoggerMessage(50, LogLevel.Warning,
        "The security stamp of a user could not be read before an update. If the update changes a credential, the session that makes it "
        + "ends at its next refresh, too")]
    public static partial void StampNotRead(this ILogger logger, Exception exception);

    [LoggerMessage(51, LogLevel.Warning,
        "A user's credential was changed, and what follows failed. Sessions with the old security stamp end at their next refresh, also "
        + "the one that has made the change")]
    public static partial void StampChangeNotFollowed(this ILogger logger, Exception exception);
}
