using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/jwks</c> and <c>/.well-known/jwks.json</c>: the public keys (RFC 7517), for services that verify access tokens
/// themselves.
/// </summary>
internal static class JwksEndpoint
{
    public static EndpointDescription Describe(string name) =>
        new EndpointDescription(name, "The public keys that verify access tokens (RFC 7517)").Returns<JsonObject>(
            "application/jwk-set+json"
        );

    public static Task HandleAsync(HttpContext context)
    {
        // A key is published a day before it is used, so caching for a few minutes is safe.
        return Cacheable.WriteAsync(
            context,
            JsonWebKeySet.Write(PawlEndpoint.Service<KeyRingProvider>(context).Ring),
            "application/jwk-set+json",
            "public, max-age=600"
        );
    }
}

/// <summary>A response that may be cached, with an ETag of its content.</summary>
internal static class Cacheable
{
    public static async Task WriteAsync(HttpContext context, byte[] content, string contentType, string cacheControl)
    {
        var etag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
        context.Response.Headers.CacheControl = cacheControl;
        context.Response.Headers.ETag = etag.ToString();
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(etag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.ContentType = contentType;
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }
}
