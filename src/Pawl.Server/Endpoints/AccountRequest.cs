using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Pawl.Server;

internal sealed record Credentials(string Email, string Password, string? Transport = null, string? Device = null);

internal sealed record PasswordChange(string Current, string New);

// Each member appears once, under its exact name. There are no other members, and a text is never null.
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 8)]
[JsonSerializable(typeof(Credentials))]
[JsonSerializable(typeof(PasswordChange))]
internal sealed partial class AccountJson : JsonSerializerContext;

/// <summary>Reads the requests of the account endpoints: small JSON, over https, and not from another site.</summary>
internal static class AccountRequest
{
    private const int MaxBodySize = 4096;

    /// <summary>Reads the body. Returns null if the request was refused; the error response has then been written.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var fault = FindFault(context);
        if (fault is null)
        {
            (var body, fault) = await ReadBodyAsync(context);
            if (fault is null && Parse(body.Span, type) is { } value)
                return value;
        }
        await (fault ?? AccountProblems.InvalidRequest).WriteAsync(context);
        return null;
    }

    /// <summary>Parses the JSON. Returns null if it does not have the required form.</summary>
    public static T? Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static ILogger Logger(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Pawl.Server.Accounts");

    private static Problem? FindFault(HttpContext context)
    {
        var request = context.Request;
        if (!IsSecure(request))
        {
            var logger = Logger(context);
            if (context.RequestServices.GetRequiredService<LogLimit>().Allows(logger, id: 109, "all"))
                logger.HttpsRequired();
            return AccountProblems.HttpsRequired;
        }
        // Login CSRF: another site must not sign this browser in or up. If there is a cookie, the scheme has already checked this more
        // strictly.
        if (!context.IsFromTrustedOrigin())
            return AccountProblems.CsrfRejected;
        return
            MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && MediaTypeNames.Application.Json.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
            ? null
            : AccountProblems.UnsupportedMediaType;
    }

    // A browser takes the cookies of a session over plain http only from its own machine.
    private static bool IsSecure(HttpRequest request) =>
        request.IsHttps
        || request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
        || request.Host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static async Task<(ReadOnlyMemory<byte> Body, Problem? Fault)> ReadBodyAsync(HttpContext context)
    {
        var buffer = new byte[MaxBodySize + 1];
        try
        {
            var length = await context.Request.Body.ReadAtLeastAsync(
                buffer,
                buffer.Length,
                throwOnEndOfStream: false,
                context.RequestAborted
            );
            return length <= MaxBodySize ? (buffer.AsMemory(0, length), null) : (default, AccountProblems.TooLarge);
        }
        catch (BadHttpRequestException e)
        {
            return (
                default,
                e.StatusCode == StatusCodes.Status413PayloadTooLarge ? AccountProblems.TooLarge : AccountProblems.InvalidRequest
            );
        }
    }
}
