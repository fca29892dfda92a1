using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/session</c>: describes the caller. It never responds with 401, so that a page can call it without checks.
/// </summary>
internal static class SessionEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        var result = await context.AuthenticateAsync(PawlEndpoint.Scheme(context));
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteBoolean("active", result.Succeeded);
        if (result.Succeeded)
            Describe(json, result.Principal, PawlEndpoint.Service<TimeProvider>(context).GetUtcNow());
        json.WriteEndObject();
    }

    private static void Describe(Utf8JsonWriter json, ClaimsPrincipal user, DateTimeOffset now)
    {
        json.WriteString("sub", user.FindFirst(ClaimTypes.NameIdentifier)!.Value);
        json.WriteString("sid", user.FindFirst("sid")!.Value);
        if (user.FindFirst(ClaimTypes.Name) is { } name)
            json.WriteString("name", name.Value);
        json.WriteNumber("expires_in", Math.Max(0, Number(user, "exp") - now.ToUnixTimeSeconds()));
        json.WriteNumber("auth_time", Number(user, "auth_time"));
        json.WriteStartArray("amr");
        foreach (var method in user.FindAll("amr"))
            json.WriteStringValue(method.Value);
        json.WriteEndArray();
        json.WriteStartArray("roles");
        foreach (var role in user.FindAll(ClaimTypes.Role))
            json.WriteStringValue(role.Value);
        json.WriteEndArray();
    }

    private static long Number(ClaimsPrincipal user, string type) => long.Parse(user.FindFirst(type)!.Value, CultureInfo.InvariantCulture);
}
