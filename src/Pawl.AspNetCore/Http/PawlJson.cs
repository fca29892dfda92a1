using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>Writes the bodies whose shape is fixed, and describes them and those of requests to API descriptions.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemResponse))]
[JsonSerializable(typeof(TokenErrorResponse))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(SessionResponse))]
[JsonSerializable(typeof(SessionListResponse))]
[JsonSerializable(typeof(RevocationListResponse))]
[JsonSerializable(typeof(TicketResponse))]
[JsonSerializable(typeof(DeviceSessionResponse))]
[JsonSerializable(typeof(IntrospectionResponse))]
[JsonSerializable(typeof(DiscoveryResponse))]
[JsonSerializable(typeof(LogoutRequest))]
[JsonSerializable(typeof(RefreshGrantForm))]
[JsonSerializable(typeof(TokenForm))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(int?))]
internal sealed partial class PawlJson : JsonSerializerContext
{
    /// <summary>Writes a body into the response's buffer. This does not start the response: a later refusal can replace it.</summary>
    public static void Write<T>(HttpResponse response, T body, JsonTypeInfo<T> type, string contentType = "application/json")
    {
        response.ContentType = contentType;
        using var json = new Utf8JsonWriter(response.BodyWriter);
        JsonSerializer.Serialize(json, body, type);
    }
}
