using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>A small urlencoded form.</summary>
internal static class FormBody
{
    private const int MaxMembers = 16;

    /// <summary>
    /// Reads the parameter <c>token</c> of RFC 7009 and RFC 7662 and ignores the hint. Returns null if the form does not have it exactly
    /// once; the error response has then been written.
    /// </summary>
    public static async Task<string?> ReadTokenAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } form)
            return null;
        if (form.GetValueOrDefault("token") is { Count: 1 } values)
            return values.ToString();
        await Problem.InvalidRequest.WriteAsync(context);
        return null;
    }

    /// <summary>Reads the form. Returns null if the body is not a form; the error response has then been written.</summary>
    public static async Task<Dictionary<string, StringValues>?> ReadAsync(HttpContext context)
    {
        var type = context.Request.ContentType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var parameters)
            type = type[..parameters];
        if (!type.Trim().Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            await Problem.UnsupportedMediaType.WriteAsync(context);
            return null;
        }
        if (await PawlEndpoint.ReadBodyAsync(context) is not { } body)
            return null;
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(body.Span)) { ValueCountLimit = MaxMembers };
            return await reader.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return null;
        }
    }
}
