using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The headers of Device Bound Session Credentials.</summary>
internal static class SecureSession
{
    public const string RegistrationHeader = "Secure-Session-Registration";

    private const string ChallengeHeader = "Secure-Session-Challenge";
    private const string ProofHeader = "Secure-Session-Response";
    private const string IdHeader = "Sec-Secure-Session-Id";
    private const string SkippedHeader = "Secure-Session-Skipped";

    /// <summary>Offers a registration. The path and the challenge need no escapes in a structured field.</summary>
    public static void Offer(HttpResponse response, string path, string challenge) =>
        response.Headers[RegistrationHeader] = $"(ES256);path=\"{path}\";challenge=\"{challenge}\"";

    /// <summary>Gives the challenge of the next proof.</summary>
    public static void Challenge(HttpResponse response, SessionId session, string challenge) =>
        response.Headers[ChallengeHeader] = string.Create(CultureInfo.InvariantCulture, $"\"{challenge}\";id=\"{session}\"");

    /// <summary>The number of proofs of a request, and the only one.</summary>
    public static (int Count, string? Text) FindProof(HttpRequest request) =>
        request.Headers[ProofHeader] is var values && values is [{ } text] ? (1, Unquote(text)) : (values.Count, null);

    /// <summary>The session that the browser refreshes by itself; null if it does not name one.</summary>
    public static SessionId? FindSession(HttpRequest request) =>
        request.Headers[IdHeader] is [{ } text] && SessionId.TryParse(Unquote(text), out var id) ? id : null;

    /// <summary>
    /// Why the browser has sent a request without the refresh that is due, such as <c>server_error</c>; null if it does not say. The
    /// browser has its key still. The text is one of a fixed set.
    /// </summary>
    public static string? FindSkipped(HttpRequest request)
    {
        if (request.Headers[SkippedHeader] is not { Count: > 0 } values)
            return null;
        var text = values.ToString();
        return text.StartsWith("unreachable", StringComparison.Ordinal) ? "unreachable"
            : text.StartsWith("server_error", StringComparison.Ordinal) ? "server_error"
            : text.StartsWith("quota_exceeded", StringComparison.Ordinal) ? "quota_exceeded"
            : "other";
    }

    /// <summary>
    /// Whether the browser itself may have sent the request. A script can set the header of a proof, but not in this mode, which takes it
    /// away; its other modes name themselves.
    /// </summary>
    public static bool IsOfBrowser(HttpRequest request) => request.Headers["Sec-Fetch-Mode"] is [] or ["no-cors"];

    // The draft has strings in quotes, and browsers send none.
    private static string Unquote(string text) => text is ['"', .. var inner, '"'] ? inner : text;
}
