using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /.well-known/oauth-authorization-server</c> (RFC 8414) and <c>/.well-known/openid-configuration</c>, so that verifiers
/// configure themselves: <c>AddJwtBearer(o =&gt; (o.Authority, o.Audience) = …)</c>, jose, PyJWT.
/// </summary>
internal static class DiscoveryEndpoint
{
    public static EndpointDescription Describe(string name) =>
        new EndpointDescription(name, "The issuer, its keys and its endpoints (RFC 8414)").Returns<DiscoveryResponse>();

    public static Task HandleAsync(HttpContext context)
    {
        var options = PawlEndpoint.Options(context);
        // An issuer that is a URL is the base of the endpoints. Otherwise the base is the address of the request.
        var isConfigured = Uri.TryCreate(options.Issuer, UriKind.Absolute, out var issuer) && issuer.Scheme is "https" or "http";
        if (isConfigured)
            PawlEndpoint.Service<IssuerAddress>(context).Compare(context.Request, issuer!);
        var root = isConfigured
            ? options.Issuer.TrimEnd('/')
            : $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase + FindPrefix(context.Request.Path)}";
        var at = root + options.BasePath;

        var mayAsk = options.ServiceClients.Count > 0;
        var body = new DiscoveryResponse
        {
            Issuer = options.Issuer,
            KeysUrl = at + "/jwks",
            TokenUrl = at + "/token",
            RevocationUrl = at + "/revoke",
            IntrospectionUrl = mayAsk ? at + "/introspect" : null,
            IntrospectionMethods = mayAsk ? ["client_secret_basic"] : null,
            RevocationsUrl = mayAsk ? at + "/revocations" : null,
            ProofAlgorithms = options.AcceptDpop ? [ProofSignature.Algorithm] : null,
            SigningAlgorithms = [options.SigningAlgorithm.Name],
        };
        // The client chooses the Host header. A shared cache would serve the URLs that one client chose to all others.
        return Cacheable.WriteAsync(
            context,
            JsonSerializer.SerializeToUtf8Bytes(body, PawlJson.Default.DiscoveryResponse),
            "application/json",
            isConfigured ? "public, max-age=600" : "no-store"
        );
    }

    // That of the group which the app has mapped the endpoints in.
    private static PathString FindPrefix(PathString path) =>
        path.Value![..path.Value!.LastIndexOf("/.well-known/", StringComparison.OrdinalIgnoreCase)];
}
