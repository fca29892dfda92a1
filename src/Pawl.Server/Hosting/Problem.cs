using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>An error response (RFC 9457) in the same form as Pawl's own, so that clients need to know one form only.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The stable name of the error, for programs.</param>
/// <param name="Title">The sentence for people.</param>
internal sealed record Problem(int Status, string Code, string Title)
{
    public static readonly Problem Failed = new(500, "server_error", "The server failed; its log has the details.");

    public static readonly Problem StoreUnavailable = new(
        503,
        "store_unavailable",
        "The session store does not answer. Your session has not ended; try again."
    );

    /// <summary>The problem of a response that has a status and nothing else.</summary>
    public static Problem OfStatus(int status) =>
        status switch
        {
            404 => new(404, "not_found", "There is nothing here."),
            405 => new(405, "method_not_allowed", "This endpoint does not support the HTTP method."),
            _ => new(status, "refused", "The request was refused."),
        };

    /// <summary>Writes the response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="retryAfter">When the client may try again, in seconds, for 429 and 503.</param>
    public Task WriteAsync(HttpContext context, int retryAfter = 1)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers[PawlDefaults.ProblemHeader] = Code;
        response.Headers.CacheControl = "no-store";
        if (Status is 401)
            response.Headers.WWWAuthenticate = "Bearer";
        if (Status is 429 or 503)
            response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        response.ContentType = "application/problem+json";
        using var json = new Utf8JsonWriter(response.BodyWriter);
        JsonSerializer.Serialize(json, new ProblemBody("about:blank", Title, Status, Code), ProblemJson.Default.ProblemBody);
        return Task.CompletedTask;
    }
}

internal sealed record ProblemBody(string Type, string Title, int Status, string Code);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext;
