using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>
/// Writes a session id as its text. Without it the serializer would write an empty object, because the id has no public properties.
/// </summary>
internal sealed class SessionIdJsonConverter : JsonConverter<SessionId>
{
    public override SessionId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && SessionId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException("A session id is a string of 22 characters of base64url.");

    public override void Write(Utf8JsonWriter writer, SessionId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    public override SessionId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SessionId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("A session id is 22 characters of base64url.");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, SessionId value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString());
}
