using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>A refusal that a client can act on (RFC 9457). Says which kind it is, and nothing of what was expected.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Title">For people.</param>
/// <param name="Challenge">With 401, what to do about it (RFC 6750, section 3): by default, that the token sent is not good.</param>
internal sealed record Problem(int Status, string Code, string Title, string Challenge = "Bearer error=\"invalid_token\"")
{
    public static readonly Problem AuthenticationRequired = new(401, "authentication_required", "Sign in first.", "Bearer");
    public static readonly Problem AccessTokenExpired = new(401, "access_token_expired", "The access token has expired; refresh it.");
    public static readonly Problem AccessTokenInvalid = new(401, "access_token_invalid", "The access token is not valid here; refresh it.");
    public static readonly Problem TicketInvalid = new(
        401, "ticket_invalid", "The ticket is not valid, has been used or has expired; get another.");
    public static readonly Problem TokenInUrl = new(
        401, "token_in_url",
        "Logs show the URL, so no access token is taken from it. Get a ticket (POST ticket, below the base path) and pass that.");
    public static readonly Problem SessionEnded = new(401, "session_ended", "The session is over; sign in again.");
    public static readonly Problem ReauthenticationRequired = new(401, "reauthentication_required", "Sign in again to do this.", "Bearer error=\"insufficient_user_authentication\"");
    public static readonly Problem RefreshTokenInvalid = new(401, "refresh_token_invalid", "There is no session for this refresh token; sign in again.");
    public static readonly Problem InvalidClient = new(401, "invalid_client", "This is for the services that are set up here; the name or the secret is none of theirs.", "Basic realm=\"pawl\", charset=\"UTF-8\"");
    public static readonly Problem SessionLimitReached = new(403, "session_limit_reached", "This user is signed in on as many devices as may be; sign one of them out first.");
    public static readonly Problem RateLimited = new(429, "rate_limited", "Too many requests; try again later.");
    public static readonly Problem Forbidden = new(403, "forbidden", "Signed in, but not allowed to do this.");
    public static readonly Problem CsrfRejected = new(403, "csrf_rejected", "The request comes from another site.");
    public static readonly Problem BrowserRefused = new(403, "browser_refused",
        "Browsers keep their tokens in cookies; tokens in the body are for native clients, and for apps whose own scheme is in "
        + "TrustedOrigins.");
    public static readonly Problem PrefetchRefused = new(
        403, "prefetch_refused", "A page that is loaded ahead of a click signs no user in or out.");
    public static readonly Problem HttpsRequired = new(400, "https_required",
        "Sessions need https; http works on localhost only. In development, open the page as http://localhost or by https "
        + "(dotnet dev-certs https --trust). Behind a proxy that ends TLS, let the app read its forwarded headers "
        + "(UseForwardedHeaders, before UseAuthentication).");
    public static readonly Problem AmbiguousCredentials = new(400, "ambiguous_credentials",
        "The request carries a credential twice, or two of them. Send one; in a browser, delete the cookies of this site.");
    public static readonly Problem InvalidRequest = new(400, "invalid_request", "The request is not what this endpoint takes.");
    public static readonly Problem NotFound = new(404, "not_found", "There is no such session of yours.");
    public static readonly Problem MethodNotAllowed = new(405, "method_not_allowed", "This endpoint has no such method.");
    public static readonly Problem SessionSwitched = new(409, "session_switched", "Another session has taken this one's place in the browser.");
    public static readonly Problem TooLarge = new(413, "content_too_large", "The request is larger than this endpoint takes.");
    public static readonly Problem UnsupportedMediaType = new(415, "unsupported_media_type", "This endpoint takes another content type.");
    public static readonly Problem StoreUnavailable = new(503, "store_unavailable", "The session store does not answer; nobody is signed out by that. Try again.");

    /// <summary>Writes the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="reason">With <see cref="SessionEnded"/>, why.</param>
    /// <param name="retryAfter">With 429 and 503, when to try again, in seconds.</param>
    public async Task WriteAsync(HttpContext context, SessionEndReason? reason = null, int retryAfter = 1)
    {
        var response = context.Response;
        response.StatusCode = Status;
        Announce(response, reason);
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (Status is 401)
            response.Headers.WWWAuthenticate = Challenge;
        if (Status is 429 or 503)
            response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);

        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        json.WriteString("code", Code);
        // What RFC 6749, section 5.2, calls it.
        if (this == InvalidClient)
            json.WriteString("error", Code);
        if (reason is { } why)
            json.WriteString("reason", Name(why));
        json.WriteEndObject();
    }

    /// <summary>
    /// Names this problem in a response header. A client needs it if the response has no body, as for HEAD, or a body of the app.
    /// </summary>
    public void Announce(HttpResponse response, SessionEndReason? reason = null) =>
        response.Headers[PawlDefaults.ProblemHeader] = reason is { } why ? $"{Code};reason={Name(why)}" : Code;

    /// <summary>
    /// The name of a reason in answers, the feed and metrics. A reason that only a newer version knows is not given the name of another.
    /// </summary>
    public static string Name(SessionEndReason reason) => reason switch
    {
        SessionEndReason.SignedOut => "signed_out",
        SessionEndReason.Revoked => "revoked",
        SessionEndReason.TokenReused => "token_reused",
        SessionEndReason.Idle => "idle",
        SessionEndReason.Absolute => "absolute",
        SessionEndReason.UserDisabled => "user_disabled",
        SessionEndReason.Replaced => "replaced",
        SessionEndReason.CredentialsChanged => "credentials_changed",
        _ => "ended",
    };
}
