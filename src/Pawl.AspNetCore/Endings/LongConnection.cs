using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pawl.AspNetCore;

/// <summary>Which requests may outlive the access token that they came with, and so have to be closed when their session ends.</summary>
internal static class LongConnection
{
    // HTTP/2's error code CANCEL (RFC 9113, section 7). A gRPC client reports it as Cancelled; after Abort it would report Internal.
    private const int Cancel = 8;

    // Formats without an end. The client does not choose them, so it cannot keep its response out of the list of open connections.
    private static readonly string[] s_endless =
    [
        "text/event-stream",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/json-seq",
        "multipart/x-mixed-replace",
    ];

    /// <summary>Whether the request is a call of gRPC or gRPC-Web, which may be a stream.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Whether the request or its endpoint says so, before there is a response.</summary>
    public static bool IsExpected(HttpContext context) =>
        RequestFacts.StaysOpen(context.Request)
        || IsGrpc(context.Request)
        || RequestFacts.IsHub(context)
        || context.GetEndpoint()?.Metadata.GetMetadata<CloseAtSessionEndAttribute>() is not null;

    /// <summary>Whether the response that starts has no fixed end.</summary>
    public static bool IsStarting(HttpResponse response)
    {
        if (response.ContentType is not { } type)
            return false;
        foreach (var endless in s_endless)
        {
            if (type.StartsWith(endless, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>Closes a connection.</summary>
    public static void Abort(HttpContext context, bool isGrpc)
    {
        if (isGrpc)
            context.Features.Get<IHttpResetFeature>()?.Reset(Cancel);
        context.Abort();
    }
}
