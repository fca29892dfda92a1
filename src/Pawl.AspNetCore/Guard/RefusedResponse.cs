using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// Answers a request that is refused inside the app's own code, as in <c>SignInAsync</c>. The problem is sent at once. The app does not
/// know of the refusal, so everything that it writes afterwards is discarded.
/// </summary>
internal sealed class RefusedResponse : IHttpResponseFeature
{
    public static async Task WriteAsync(HttpContext context, Problem problem, SessionEndReason? reason = null)
    {
        var deletions = TokenCookies.FindDeletions(context.Response);
        context.Response.Clear();
        // Clear() has just removed the deletions. The deletions of a sign-out in the same request are restored, because the session has
        // ended.
        foreach (var deletion in deletions)
            context.Response.Headers.Append("Set-Cookie", deletion);
        PlantedCookies.Delete(context, RequestTokens.TakeFrom(context));
        await problem.WriteAsync(context, reason);
        var refused = new RefusedResponse(problem.Status, context.Response.Headers);
        await context.Response.CompleteAsync();
        context.Features.Set<IHttpResponseFeature>(refused);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
    }

    /// <summary>Whether the request has been refused, so that nothing more reaches the client.</summary>
    public static bool IsSent(HttpContext context) => context.Features.Get<IHttpResponseFeature>() is RefusedResponse;

    private readonly int _statusCode;
    private readonly Dictionary<string, StringValues> _headers;

    private RefusedResponse(int statusCode, IHeaderDictionary headers) =>
        (_statusCode, _headers) = (statusCode, new(headers, StringComparer.OrdinalIgnoreCase));

    // Middleware and test servers can read the response that was sent. New headers are discarded.
    public int StatusCode
    {
        get => _statusCode;
        set { }
    }

    public string? ReasonPhrase
    {
        get => null;
        set { }
    }

    public IHeaderDictionary Headers
    {
        get => new HeaderDictionary(new Dictionary<string, StringValues>(_headers, StringComparer.OrdinalIgnoreCase));
        set { }
    }

    public Stream Body
    {
        get => Stream.Null;
        set { }
    }

    public bool HasStarted => false;

    public void OnStarting(Func<object, Task> callback, object state) { }

    public void OnCompleted(Func<object, Task> callback, object state) { }
}
