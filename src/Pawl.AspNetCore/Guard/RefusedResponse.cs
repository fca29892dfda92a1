using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Answers a request that is refused in the middle of the app's own code, as in <c>SignInAsync</c>: the refusal is sent at once, and what the app writes
/// afterwards, believing that all went well, goes nowhere.
/// </summary>
internal sealed class RefusedResponse : IHttpResponseFeature
{
    public static async Task WriteAsync(HttpContext context, Problem problem, SessionEndReason? reason = null)
    {
        var deletions = TokenCookies.FindDeletions(context.Response);
        context.Response.Clear();
        // Clear() has just removed the deletions. Those of a sign-out in the same request hold: the session has ended.
        foreach (var deletion in deletions)
            context.Response.Headers.Append("Set-Cookie", deletion);
        PlantedCookies.Delete(context, RequestTokens.TakeFrom(context).Twins);
        await problem.WriteAsync(context, reason);
        var refused = new RefusedResponse(problem.Status, context.Response.Headers);
        await context.Response.CompleteAsync();
        context.Features.Set<IHttpResponseFeature>(refused);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
    }

    /// <summary>Whether the request has been refused: nothing reaches the client any more.</summary>
    public static bool IsSent(HttpContext context) => context.Features.Get<IHttpResponseFeature>() is RefusedResponse;

    private readonly int _statusCode;
    private readonly Dictionary<string, StringValues> _headers;

    private RefusedResponse(int statusCode, IHeaderDictionary headers) =>
        (_statusCode, _headers) = (statusCode, new(headers, StringComparer.OrdinalIgnoreCase));

    // What was sent can be read (by middleware, and by a test server, which looks here for the answer); what is set is forgotten.
    public int StatusCode { get => _statusCode; set { } }

    public string? ReasonPhrase { get => null; set { } }

    public IHeaderDictionary Headers { get => new HeaderDictionary(new Dictionary<string, StringValues>(_headers, StringComparer.OrdinalIgnoreCase)); set { } }

    public Stream Body { get => Stream.Null; set { } }

    public bool HasStarted => false;

    public void OnStarting(Func<object, Task> callback, object state) { }

    public void OnCompleted(Func<object, Task> callback, object state) { }
}
