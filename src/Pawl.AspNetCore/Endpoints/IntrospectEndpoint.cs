using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>POST /auth/introspect</c> (RFC 7662): says whether a token is active. It asks the store, so that an ending takes effect at once.
/// The response is the same for every kind of invalid token.
/// </summary>
internal static class IntrospectEndpoint
{
    public static EndpointDescription Description =>
        new EndpointDescription("PawlIntrospect", "Whether a token is good (RFC 7662)")
            .Accepts<TokenForm>("application/x-www-form-urlencoded")
            .Returns<IntrospectionResponse>()
            .Refuses(Problem.InvalidRequest, Problem.HttpsRequired, Problem.InvalidClient, Problem.TooLarge, Problem.UnsupportedMediaType);

    public static async Task HandleAsync(HttpContext context)
    {
        if (!await ServiceCredentials.AllowAsync(context) || await FormBody.ReadTokenAsync(context) is not { } text)
            return;
        var write = await FindAccessTokenAsync(context, text) ?? await FindRefreshTokenAsync(context, text);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteBoolean("active", write is not null);
        write?.Invoke(json);
        json.WriteEndObject();
    }

    private static async Task<Action<Utf8JsonWriter>?> FindAccessTokenAsync(HttpContext context, string text)
    {
        var reader = PawlEndpoint.Service<TokenReader>(context);
        if ((await reader.ReadAccessAsync(text, PawlEndpoint.Options(context), context.RequestAborted)).Token?.Token is not { } token)
            return null;
        var sessions = PawlEndpoint.Service<StoredSessions>(context);
        var session = await sessions.FindAsync(token.SessionId, context.RequestAborted);
        return session is not null && sessions.IsAlive(session) ? json => Describe(json, token) : null;
    }

    // All claims are returned, because every holder of the token can read them anyway.
    private static void Describe(Utf8JsonWriter json, AccessToken token)
    {
        json.WriteString("token_type", token.KeyThumbprint is null ? "Bearer" : "DPoP");
        using var claims = JsonDocument.Parse(token.Claims);
        foreach (var claim in claims.RootElement.EnumerateObject())
        {
            // An app may have claims of any name. These two belong to the response.
            if (!claim.NameEquals("active") && !claim.NameEquals("token_type"))
                claim.WriteTo(json);
        }
    }

    // Introspection does not use the token: a spent token is inactive, and no session ends here.
    private static async Task<Action<Utf8JsonWriter>?> FindRefreshTokenAsync(HttpContext context, string text)
    {
        var options = PawlEndpoint.Options(context);
        return
            await PawlEndpoint.Service<TokenReader>(context).ReadRefreshAsync(text, context.RequestAborted) is { } token
            && await PawlEndpoint.Service<StoredSessions>(context).FindAsync(token.SessionId, context.RequestAborted) is { } session
            && Rotation
                .Decide(session, token, PawlEndpoint.Service<TimeProvider>(context).GetUtcNow(), TimeSpan.Zero, options.Policy)
                .IsGranted
            ? json => Describe(json, token, session, options)
            : null;
    }

    // The response has no audience and another type, so that no verifier accepts it as an access token.
    private static void Describe(Utf8JsonWriter json, RefreshToken token, Session session, PawlOptions options)
    {
        var idle = session.LastUsedAt + options.IdleTimeout;
        json.WriteString("token_type", "refresh_token");
        json.WriteString("iss", options.Issuer);
        json.WriteString("sub", session.Subject);
        json.WriteString("sid", session.Id.ToString());
        json.WriteNumber("iat", token.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", (idle < session.ExpiresAt ? idle : session.ExpiresAt).ToUnixTimeSeconds());
        ConfirmationClaim.Write(json, session);
        using var claims = JsonDocument.Parse(session.Claims);
        foreach (var claim in claims.RootElement.EnumerateObject())
        {
            if (claim.NameEquals("client_id") || claim.NameEquals("scope"))
                claim.WriteTo(json);
        }
    }
}
