using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Identity.Data;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Reads the refresh token of a request as the endpoint behind it does, and leaves the body to the endpoint.
/// </summary>
internal sealed class RefreshRequestBody(IOptions<JsonOptions> json)
{
    // The framework's own refresh tokens hold all claims of a user, so that they are larger than Pawl's. A client may still have one.
    private const int MaxSize = 64 * 1024;

    /// <summary>Reads the token.</summary>
    /// <returns>
    /// Whether the body is small enough, and the request in it. The request is null if the body has none: the endpoint says what is wrong.
    /// </returns>
    public async Task<(bool IsSmall, RefreshRequest? Request)> ReadAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType())
            return (true, null);
        var cancellationToken = request.HttpContext.RequestAborted;
        var body = new MemoryStream();
        var buffer = new byte[4096];
        while (await request.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > MaxSize)
                return (false, null);
            body.Write(buffer, 0, read);
        }
        request.Body = body;
        try
        {
            body.Position = 0;
            var type = (JsonTypeInfo<RefreshRequest>)json.Value.SerializerOptions.GetTypeInfo(typeof(RefreshRequest));
            return (true, await request.ReadFromJsonAsync(type, cancellationToken));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It is not JSON of this form, or in an encoding that does not exist.
            return (true, null);
        }
        finally
        {
            body.Position = 0;
        }
    }
}
