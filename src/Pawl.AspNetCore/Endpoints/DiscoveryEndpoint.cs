using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /.well-known/oauth-authorization-server</c> (RFC 8414) and <c>/.well-known/openid-configuration</c>, so that verifiers
/// configure themselves: <c>AddJwtBearer(o =&gt; (o.Authority, o.Audience) = …)</c>, jose, PyJWT.
/// </summary>
internal static class DiscoveryEndpoint
{
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

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("issuer", options.Issuer);
            json.WriteString("jwks_uri", at + "/jwks");
            json.WriteString("token_endpoint", at + "/token");
            json.WriteString("revocation_endpoint", at + "/revoke");
            WriteList(json, "revocation_endpoint_auth_methods_supported", "none");
            if (options.ServiceClients.Count > 0)
            {
                json.WriteString("introspection_endpoint", at + "/introspect");
                WriteList(json, "introspection_endpoint_auth_methods_supported", "client_secret_basic");
                // This name is not in a standard.
                json.WriteString("pawl_revocations_endpoint", at + "/revocations");
            }
            WriteList(json, "grant_types_supported", "refresh_token");
            WriteList(json, "response_types_supported", "none");
            WriteList(json, "token_endpoint_auth_methods_supported", "none");
            WriteList(json, "subject_types_supported", "public");
            WriteList(json, "id_token_signing_alg_values_supported", options.SigningAlgorithm.Name);
            json.WriteEndObject();
        }
        // The client chooses the Host header. A shared cache would serve the URLs that one client chose to all others.
        return Cacheable.WriteAsync(
            context, buffer.WrittenSpan.ToArray(), "application/json", isConfigured ? "public, max-age=600" : "no-store");
    }

    // That of the group which the app has mapped the endpoints in.
    private static PathString FindPrefix(PathString path) =>
        path.Value![..path.Value!.LastIndexOf("/.well-known/", StringComparison.OrdinalIgnoreCase)];

    private static void WriteList(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartArray(name);
        json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
