using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Watches the response that carries a new session's tokens. The client may disconnect before it starts, or the app may remove the
/// cookies, as after an exception. Then no client has the tokens, so the session ends.
/// </summary>
internal sealed class SignInResponse(
    HttpContext context,
    StartedSession started,
    string refreshToken,
    StoredSessions sessions,
    LogSampler sampler,
    ILogger logger
)
{
    private bool? _isSent;

    /// <summary>The session.</summary>
    public SessionId SessionId => started.Session.Id;

    /// <summary>The newest session whose tokens the response will carry; null if there is none.</summary>
    public static SignInResponse? Of(HttpContext context) => context.Features.Get<SignInResponse>();

    public void Watch()
    {
        context.Features.Set(this);
        context.Response.OnStarting(async () =>
        {
            await HeldResponse.WaitAsync(context);
            _isSent = CanBeSent();
        });
        context.Response.OnCompleted(CompleteAsync);
    }

    private async Task CompleteAsync()
    {
        // If the server itself responds to an exception, it does not call OnStarting.
        if (!started.Complete(_isSent ?? CanBeSent()))
            return;
        try
        {
            await sessions.EndAsync(started.Session.Id, SessionEndReason.Revoked, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            sampler.StoreUnavailable(logger, e);
        }
    }

    private bool CanBeSent() =>
        !context.RequestAborted.IsCancellationRequested
        && (started.Session.Transport is SessionTransport.Body ? CarriesBody() : CarriesCookie());

    // An app that responds with another page after an exception has cleared the headers.
    private bool CarriesBody() =>
        context.Response.StatusCode < StatusCodes.Status400BadRequest
        && context.Response.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is true;

    // A browser keeps the last cookie of a name.
    private bool CarriesCookie()
    {
        var name = RequestTokens.TakeFrom(context).Names.Refresh;
        return context.Response.Headers.SetCookie.LastOrDefault(c => c!.StartsWith($"{name}=", StringComparison.Ordinal)) is { } cookie
            && cookie.AsSpan(name.Length + 1).StartsWith(refreshToken, StringComparison.Ordinal);
    }
}
