using System.Net;
using Pawl.Client.Vault;

namespace Pawl.Client.Policy;

/// <summary>
/// What a response to a refresh means. Only two codes with the statuses that the server sends them with mean that the session is over. A
/// firewall's 403, a 429, a 5xx, the page of a captive portal or a session of another id do not: those are waited out.
/// </summary>
internal readonly record struct Verdict(VerdictKind Kind, TokenResponse? Response = null, string? Reason = null)
{
    public static Verdict Of(HttpStatusCode status, string? mediaType, string? problem, ReadOnlySpan<byte> body)
    {
        if (status == HttpStatusCode.OK)
            return IsJson(mediaType) && TokenJson.ReadResponse(body) is { AccessToken.Length: > 0 } tokens
                ? new(VerdictKind.Renewed, tokens)
                : new(VerdictKind.Transient);
        var (code, reason) = Problem.Of(problem, IsJson(mediaType) ? body : default);
        return status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized && code is "session_ended" or "refresh_token_invalid"
            ? new(VerdictKind.Over, Reason: reason ?? code)
            : new(VerdictKind.Transient);
    }

    private static bool IsJson(string? mediaType) => mediaType is "application/json" or "application/problem+json";
}

internal enum VerdictKind
{
    /// <summary>No answer that decides.</summary>
    Transient,

    /// <summary>There are new tokens.</summary>
    Renewed,

    /// <summary>The session has ended.</summary>
    Over,
}
