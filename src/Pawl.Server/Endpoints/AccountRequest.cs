using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pawl.AspNetCore;

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
    /// <summary>Reads the body. Returns null if the request was refused; the error response has then been written.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (await PawlEndpoint.RefusePlainHttpAsync(context))
            return null;
        if (FindFault(context) is { } fault)
        {
            await fault.WriteAsync(context);
            return null;
        }
        if (await PawlEndpoint.ReadBodyAsync(context) is not { } body)
            return null;
        if (Parse(body.Span, type) is { } value)
            return value;
        await Problem.InvalidRequest.WriteAsync(context);
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

    public static ILogger Logger(HttpContext context) => PawlEndpoint.Service<ILoggerFactory>(context).CreateLogger("Pawl.Server.Accounts");

    private static Problem? FindFault(HttpContext context)
    {
        var request = context.Request;
        // Login CSRF: another site must not sign this browser in or up. If there is a cookie, the scheme has already checked this more
        // strictly.
        if (!CrossOriginCheck.Allows(request, hasCookie: false, PawlEndpoint.Options(context).TrustedOrigins))
            return Problem.CsrfRejected;
        return
            MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && MediaTypeNames.Application.Json.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
            ? null
            : Problem.UnsupportedMediaType;
    }
}
