using System.Net.Http.Json;

namespace Pawl;

/// <summary>Says whether the body of a request can be sent a second time. A stream that has been read would be empty.</summary>
internal static class RepeatableBody
{
    public static bool Is(HttpContent? content) =>
        content switch
        {
            null or ByteArrayContent or ReadOnlyMemoryContent => true,
            JsonContent json => !IsStream(json),
            MultipartContent parts => parts.All(Is),
            // The message of a unary call or of a server stream, which gRPC's client writes anew each time. The type is not public; under
            // another name the call is not repeated.
            _ => content.Headers.ContentType?.MediaType == "application/grpc" && content.GetType().Name == "PushUnaryContent`2",
        };

    // It can be read once, and a second time it may be empty.
    private static bool IsStream(JsonContent json) =>
        json.Value is IAsyncEnumerable<object?>
        || (json.ObjectType.IsGenericType && json.ObjectType.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));
}
