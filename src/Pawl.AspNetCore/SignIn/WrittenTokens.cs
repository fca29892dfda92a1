using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Notes that a response has tokens in its body. The last sign-in or sign-out of a request decides its result. Cookies of an earlier one
/// can be removed from the response, but a body that was written cannot.
/// </summary>
internal sealed class WrittenTokens
{
    private static readonly WrittenTokens Noted = new();

    public static void Note(HttpContext context) => context.Features.Set(Noted);

    /// <exception cref="InvalidOperationException">The response has started, has tokens in its body, or is that of a refresh.</exception>
    public static void ThrowIfTooLateToSignIn(HttpContext context, EndpointRole? role)
    {
        if (context.Response.HasStarted)
            throw new InvalidOperationException(
                "The response has started, so it cannot carry the tokens: sign in before anything is written."
            );
        if (IsIn(context))
            throw new InvalidOperationException(
                "An earlier sign-in of this request has written its tokens into the body, which cannot be undone: "
                    + "sign in once in a request whose response has JSON in its body."
            );
        if (role == EndpointRole.Refresh || role == EndpointRole.Token)
            throw new InvalidOperationException(
                "A refresh is answered for the session of its refresh token, and starts no other: "
                    + "sign in at an endpoint of the app, or end the session with Reject()."
            );
    }

    /// <exception cref="InvalidOperationException">The response has started, or has tokens in its body.</exception>
    public static void ThrowIfTooLateToSignOut(HttpContext context)
    {
        if (context.Response.HasStarted || IsIn(context))
            throw new InvalidOperationException(
                "The session has ended, but the response can no longer tell the client: sign out before anything is written, "
                    + "and not after a sign-in whose response has tokens in its body."
            );
    }

    private static bool IsIn(HttpContext context) => context.Features.Get<WrittenTokens>() is not null;
}
