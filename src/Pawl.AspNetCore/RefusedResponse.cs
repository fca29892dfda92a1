using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pawl.AspNetCore;

/// <summary>
/// Answers a request that is refused in the middle of the app's own code, as in <c>SignInAsync</c>: the refusal is sent at once, and what the app writes
/// afterwards, believing that all went well, goes nowhere.
/// </summary>
internal sealed class RefusedResponse : IHttpResponseFeature
{
    public static async Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.Clear();
        await problem.WriteAsync(context);
        await context.Response.CompleteAsync();
        context.Features.Set<IHttpResponseFeature>(new RefusedResponse { StatusCode = problem.Status });
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
    }

    public int StatusCode { get; set; }

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; } = Stream.Null;

    public bool HasStarted => false;

    public void OnStarting(Func<object, Task> callback, object state) { }

    public void OnCompleted(Func<object, Task> callback, object state) { }
}
