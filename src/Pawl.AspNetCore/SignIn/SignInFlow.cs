using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// Carries out a sign-in: starts a session or renews the request's session, and writes the tokens into the response.
/// </summary>
internal sealed class SignInFlow(
    SessionStarter starter,
    SessionReissuer reissuer,
    TicketEndings tickets,
    StoredSessions sessions,
    TokenSessions tokenSessions,
    SharedRefreshes shared,
    EndpointRoles roles,
    DeviceOffer offer,
    PawlScheme scheme
)
{
    /// <param name="context">The request.</param>
    /// <param name="user">The user who signs in.</param>
    /// <param name="wanted">The sign-in that the caller asks for.</param>
    /// <param name="renewed">The access token whose session is renewed; null if a session starts.</param>
    /// <param name="arrivedAt">When the request arrived, as a timestamp of the clock.</param>
    /// <param name="options">The scheme's options.</param>
    /// <exception cref="ArgumentException">The caller asks for something that cannot be honoured.</exception>
    public async Task<SignInResult> RunAsync(
        HttpContext context,
        ClaimsPrincipal user,
        SignInRequest wanted,
        AccessToken? renewed,
        long arrivedAt,
        PawlOptions options
    )
    {
        var requested = RequestTokens.TakeFrom(context);
        (user, wanted) = await AskAsync(context, user, wanted, renewed, options);
        if (renewed is null)
            wanted.VetForStart();
        // A renewal by a bearer token may leave the response unchanged.
        if (renewed is null || !requested.Bearer.HasValue || wanted.WriteJsonResponse)
            WrittenTokens.ThrowIfTooLateToSignIn(context, roles.Find(context));
        if (options.UserChecks is { } users)
            await users.MarkSignInClaims(context, user);
        var result = renewed is null
            ? await starter.StartAsync(context, user, wanted, FindPrevious(context, requested), arrivedAt, options)
            : await reissuer.ReissueAsync(context, user, renewed, wanted, options);
        if (result.Tokens is not { } tokens)
            return result;
        // Requests that share the decision about this request's refresh token would get an access token with the earlier claims.
        shared.Forget(requested);
        // The new cookies also replace those of earlier sessions, so no client would have the tokens of these sessions.
        foreach (var session in renewed is null ? tokenSessions.FindLeftOver(requested) : [])
            await sessions.EndAsync(session, SessionEndReason.Replaced, CancellationToken.None);
        if (renewed is null)
            await tickets.EndAsync(context, SessionEndReason.Replaced);

        var transport = tokens.Session.Transport;
        if (renewed is null)
            TokenCookies.Withdraw(context.Response);
        if (renewed is null && transport is not SessionTransport.Body)
        {
            TokenCookies.WriteSignIn(context.Response, tokens, options);
            offer.AddTo(context, tokens.Session, options);
        }
        // A renewal returns no more than the request had. It sets cookies only if a cookie authenticated the request.
        else if (renewed is not null && transport is SessionTransport.Cookie && !requested.Bearer.HasValue)
            TokenCookies.Write(context.Response, tokens, options);
        if (wanted.WriteJsonResponse || (renewed is null && transport is not SessionTransport.Cookie))
        {
            WrittenTokens.Note(context);
            if (context.Features.Get<ITokenBody>() is { } body)
                body.Write(context.Response, tokens);
            else
                TokenJson.Write(context.Response, tokens);
        }
        else if ((wanted.RedirectUri ?? RedirectTarget.FindReturnUrl(context, options)) is { } target)
            context.Response.Redirect(target);
        return result;
    }

    /// <summary>Asks <c>OnSigningIn</c>. The app may change the principal and the properties, so they are read again.</summary>
    public async Task<(ClaimsPrincipal User, SignInRequest Wanted)> AskAsync(
        HttpContext context,
        ClaimsPrincipal user,
        SignInRequest wanted,
        AccessToken? renewed,
        PawlOptions options
    )
    {
        var transport = wanted.Transport;
        var signingIn = new SigningInContext(context, scheme.Scheme, options, user, wanted.Properties, renewed is not null);
        await options.Events.SigningIn(signingIn);
        var changed = signingIn.Principal ?? throw new InvalidOperationException("OnSigningIn has left no principal to sign in.");
        if (renewed is not null && PrincipalClaims.FindSubject(changed) != renewed.Subject)
            throw new InvalidOperationException("OnSigningIn has changed the subject of a renewed session; only its claims may change.");
        // The guard has let the request in for the transport that was asked for.
        if (wanted.Transport != transport)
            throw new InvalidOperationException("OnSigningIn has changed the transport; set it where SignInAsync is called.");
        var read = SignInRequest.Read(signingIn.Properties, context.Request, options);
        return (changed, read with { HasNoProperties = wanted.Properties is null });
    }

    // A session that this request has started replaces the browser's own, which it has ended.
    private SessionId? FindPrevious(HttpContext context, RequestTokens requested) =>
        SignInResponse.Of(context)?.SessionId ?? tokenSessions.FindByCookies(requested);
}
