using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Keeps a response from starting while a sign-in or a sign-out of its request is under way, whose cookies it could not carry any more. A
/// page with streaming rendering starts its response as soon as a component waits, and the component may be waiting for the sign-in.
/// </summary>
internal sealed class HeldResponse : IDisposable
{
    // Set for the code that signs in or out, handlers of the app included. What this code writes must not wait for itself.
    private static readonly AsyncLocal<bool> IsInside = new();

    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HeldResponse() { }

    /// <summary>Holds the response of a request until the result is disposed of. Call it in an asynchronous method.</summary>
    public static HeldResponse Begin(HttpContext context)
    {
        var held = new HeldResponse();
        context.Features.Set(held);
        if (!context.Response.HasStarted)
            context.Response.OnStarting(() => WaitAsync(context));
        IsInside.Value = true;
        return held;
    }

    /// <summary>
    /// Completes when nothing holds the response any more. The callbacks of a start run in reverse order, so one that looks at the cookies
    /// has to wait for itself.
    /// </summary>
    public static Task WaitAsync(HttpContext context) =>
        !IsInside.Value && context.Features.Get<HeldResponse>() is { } held ? held._released.Task : Task.CompletedTask;

    public void Dispose() => _released.TrySetResult();
}
