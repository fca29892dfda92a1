using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// An error response that a client can act on (RFC 9457). It names the kind of error and does not reveal what was expected.
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The stable name of the error, for programs.</param>
/// <param name="Title">The sentence for people.</param>
/// <param name="Challenge">
/// The <c>WWW-Authenticate</c> header of a 401 (RFC 6750, section 3). The default says that the token is invalid.
/// </param>
internal sealed record Problem(int Status, string Code, string Title, string Challenge = "Bearer error=\"invalid_token\"")
{
    private const string ContentType = "application/problem+json";

    // RFC 9449, section 7.1. The only algorithm.
    private const string DpopChallenge = "DPoP algs=\"ES256\",";

    public static readonly Problem AuthenticationRequired = new(401, "authentication_required", "Sign in first.", "Bearer");
    public static readonly Problem AccessTokenExpired = new(401, "access_token_expired", "The access token has expired; refresh it.");
    public static readonly Problem AccessTokenInvalid = new(
        401,
        "access_token_invalid",
        "The access token is not valid for this server; refresh it."
    );
    public static readonly Problem TicketInvalid = new(
        401,
        "ticket_invalid",
        "The ticket is not valid, has been used or has expired; get another."
    );
    public static readonly Problem TokenInUrl = new(
        401,
        "token_in_url",
        "Logs show URLs, so an access token in the URL is refused. Get a ticket (POST ticket, below the base path) and pass it instead."
    );
    public static readonly Problem SessionEnded = new(401, "session_ended", "The session has ended; sign in again.");
    public static readonly Problem ReauthenticationRequired = new(
        401,
        "reauthentication_required",
        "This action needs a recent sign-in; sign in again.",
        "Bearer error=\"insufficient_user_authentication\""
    );
    public static readonly Problem RefreshTokenInvalid = new(
        401,
        "refresh_token_invalid",
        "There is no session for this refresh token; sign in again."
    );
    public static readonly Problem DeviceProofRequired = new(
        401,
        "device_proof_required",
        "The session is bound to a device key; send a DPoP proof by that key.",
        $"{DpopChallenge} error=\"invalid_token\""
    );

    // The browser itself sends the proof of a session with cookies. A script waits for it.
    public static readonly Problem DeviceRefreshRequired = DeviceProofRequired with
    {
        Title = "The session is bound to a key of this device; the browser refreshes it by itself.",
        Challenge = "Bearer error=\"invalid_token\"",
    };

    // For an endpoint that needs a newer proof than the access token's.
    public static readonly Problem FreshDeviceProofRequired = DeviceRefreshRequired with
    {
        Title = "This action needs a newer proof of the device key; the browser sends one by itself.",
    };
    public static readonly Problem DeviceProofDelayed = new(
        503,
        "device_proof_delayed",
        "The browser could not prove its device key yet. Your session has not ended; try again."
    );
    public static readonly Problem DeviceBindingRequired = new(
        403,
        "device_binding_required",
        "This action needs a session that is bound to a key of the device. Use a browser that can do so, or sign in again there."
    );
    public static readonly Problem DeviceKeyDiffers = new(403, "device_key_differs", "The session is bound to another key.");
    public static readonly Problem InvalidDeviceProof = new(
        400,
        "invalid_device_proof",
        "The proof of the device key is not valid, or its challenge is too old; sign in again."
    );
    public static readonly Problem InvalidDpopProof = new(
        401,
        "invalid_dpop_proof",
        "The DPoP proof is not valid for this request.",
        $"{DpopChallenge} error=\"invalid_dpop_proof\""
    );
    public static readonly Problem UseDpopNonce = new(
        401,
        "use_dpop_nonce",
        "Make another DPoP proof with the nonce of the header DPoP-Nonce.",
        $"{DpopChallenge} error=\"use_dpop_nonce\""
    );
    public static readonly Problem InvalidClient = new(
        401,
        "invalid_client",
        "Client authentication failed: unknown service name or wrong secret.",
        "Basic realm=\"pawl\", charset=\"UTF-8\""
    );
    public static readonly Problem SessionLimitReached = new(
        403,
        "session_limit_reached",
        "This user has reached the maximum number of signed-in devices. Sign out on one of them first."
    );
    public static readonly Problem RateLimited = new(429, "rate_limited", "Too many requests; try again later.");
    public static readonly Problem Forbidden = new(403, "forbidden", "You are signed in, but you are not allowed to do this.");
    public static readonly Problem CsrfRejected = new(403, "csrf_rejected", "The request comes from another site and was refused.");
    public static readonly Problem BrowserRefused = new(
        403,
        "browser_refused",
        "Browsers keep their tokens in cookies; tokens in the body are for native clients, and for apps whose own scheme is in "
            + "TrustedOrigins."
    );
    public static readonly Problem PrefetchRefused = new(
        403,
        "prefetch_refused",
        "A page that is loaded ahead of a click signs no user in or out."
    );
    public static readonly Problem HttpsRequired = new(
        400,
        "https_required",
        "Sessions need https; http works on localhost only. In development, open the page as http://localhost or by https "
            + "(dotnet dev-certs https --trust). Behind a proxy that ends TLS, let the app read its forwarded headers "
            + "(UseForwardedHeaders, before UseAuthentication)."
    );
    public static readonly Problem AmbiguousCredentials = new(
        400,
        "ambiguous_credentials",
        "The request carries two credentials, or one credential twice. Send one; in a browser, delete the cookies of this site."
    );
    public static readonly Problem InvalidRequest = new(
        400,
        "invalid_request",
        "The request does not have the form that this endpoint requires."
    );
    public static readonly Problem NotFound = new(404, "not_found", "You have no session with this id.");
    public static readonly Problem MethodNotAllowed = new(405, "method_not_allowed", "This endpoint does not support the HTTP method.");
    public static readonly Problem SessionSwitched = new(
        409,
        "session_switched",
        "The browser now has another session than the one the request was made for."
    );
    public static readonly Problem TooLarge = new(413, "content_too_large", "The request is larger than this endpoint allows.");
    public static readonly Problem UnsupportedMediaType = new(
        415,
        "unsupported_media_type",
        "This endpoint does not support the content type."
    );
    public static readonly Problem StoreUnavailable = new(
        503,
        "store_unavailable",
        "The session store does not answer. Your session has not ended; try again."
    );

    /// <summary>Writes the response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="reason">Why the session ended, for <see cref="SessionEnded"/>.</param>
    /// <param name="retryAfter">When the client may try again, in seconds, for 429 and 503.</param>
    public Task WriteAsync(HttpContext context, SessionEndReason? reason = null, int retryAfter = 1)
    {
        var response = context.Response;
        response.StatusCode = Status;
        Announce(response, reason);
        response.Headers.CacheControl = "no-store";
        if (Status is 401)
            response.Headers.WWWAuthenticate = Challenge;
        if (Status is 429 or 503)
            response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);

        var body = new ProblemResponse
        {
            Type = "about:blank",
            Title = Title,
            Status = Status,
            Code = Code,
            // RFC 6749, section 5.2, has the code under this name.
            Error = this == InvalidClient ? Code : null,
            Reason = reason is { } why ? Name(why) : null,
        };
        PawlJson.Write(response, body, PawlJson.Default.ProblemResponse, ContentType);
        return Task.CompletedTask;
    }

    /// <summary>Whether the response has a problem in its body. Several schemes may be challenged for one request.</summary>
    public static bool IsWritten(HttpResponse response) =>
        response.ContentType == ContentType && response.Headers.ContainsKey(PawlDefaults.ProblemHeader);

    /// <summary>
    /// Names this problem in a response header. A client needs it if the response has no body, as for HEAD, or a body of the app.
    /// </summary>
    public void Announce(HttpResponse response, SessionEndReason? reason = null) =>
        response.Headers[PawlDefaults.ProblemHeader] = reason is { } why ? $"{Code};reason={Name(why)}" : Code;

    /// <summary>
    /// The name of a reason in responses, the feed and metrics. A reason of a newer version is "ended": it never gets another one's name.
    /// </summary>
    public static string Name(SessionEndReason reason) =>
        reason switch
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

    /// <summary>The reason of a name; unknown if a newer version has given it.</summary>
    public static SessionEndReason FindReason(string? name) =>
        Enum.GetValues<SessionEndReason>().FirstOrDefault(reason => Name(reason) == name);
}
