using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The sign-in that a caller requests by the framework's properties. Each member is honoured or refused with an exception, as
/// <see cref="PawlSignInProperties"/> documents.
/// </summary>
internal sealed record SignInRequest(AuthenticationProperties? Properties)
{
    // Keys that the framework's handlers use. Their other keys begin with a dot.
    private static readonly string[] OfHandlers = ["LoginProvider", "XsrfId", "code_verifier", SessionMark.Item];

    private PawlSignInProperties? Ours => Properties as PawlSignInProperties;

    public SessionTransport Transport => Ours?.Transport ?? SessionTransport.Cookie;

    // If there are no properties, the session does not end with the browser.
    public bool IsPersistent => Properties?.IsPersistent ?? true;

    public string? Device => Ours?.Device;

    public IReadOnlyList<string>? AuthenticationMethods => Ours?.AuthenticationMethods;

    public bool WriteJsonResponse => Ours?.WriteJsonResponse ?? false;

    /// <summary>The target of the redirect; null if the response does not redirect.</summary>
    public string? RedirectUri { get; private init; }

    /// <summary>Reads the properties.</summary>
    /// <exception cref="ArgumentException">A member cannot be honoured.</exception>
    public static SignInRequest Read(AuthenticationProperties? properties, HttpRequest request, PawlOptions options)
    {
        if (properties is null)
            return new SignInRequest(properties);
        if (properties.GetTokens().Any())
            throw new ArgumentException("Pawl keeps no tokens of other providers: set SaveTokens to false, or store them by user.");
        if (properties.Items.Keys.FirstOrDefault(static key => !IsOfHandlers(key)) is { } own)
            throw new ArgumentException(
                $"A session keeps no items: put '{own}' into a claim of the principal, or remove it before the sign-in."
            );
        return new SignInRequest(properties) { RedirectUri = RedirectTarget.Vet(properties.RedirectUri, request, options) };
    }

    /// <summary>When the user proved who they are.</summary>
    /// <exception cref="ArgumentException">That is in the future, by more than the clock skew.</exception>
    public DateTimeOffset FindAuthenticationTime(DateTimeOffset now, PawlOptions options)
    {
        if (Properties?.IssuedUtc is not { } issued || issued == now)
            return now;
        if (issued > now + options.ClockSkew)
            throw new ArgumentException("IssuedUtc is in the future; it says when the user proved who they are.");
        return issued < now ? issued : now;
    }

    /// <summary>The absolute timeout of the session.</summary>
    /// <exception cref="ArgumentException">It has passed.</exception>
    public DateTimeOffset FindExpiry(DateTimeOffset now, DateTimeOffset authenticatedAt, PawlOptions options)
    {
        var expiry = authenticatedAt + options.AbsoluteTimeout;
        if (Properties?.ExpiresUtc is { } wanted && wanted < expiry)
            expiry = wanted;
        // In the framework, AllowRefresh = false means that use does not extend a session. So it lasts no longer than an unused one.
        if (Properties?.AllowRefresh is false && now + options.IdleTimeout is var unused && unused < expiry)
            expiry = unused;
        return expiry > now
            ? expiry
            : throw new ArgumentException("ExpiresUtc, or IssuedUtc and the absolute timeout, would end the session before it starts.");
    }

    /// <summary>Checks that the response of a new session can be written as requested. With some transports it has a body.</summary>
    /// <exception cref="ArgumentException">The response would have a body and redirect, too.</exception>
    public void VetForStart()
    {
        if (RedirectUri is not null && (WriteJsonResponse || Transport is not SessionTransport.Cookie))
            throw new ArgumentException(
                "A response with tokens or JSON in its body cannot redirect: leave out RedirectUri or WriteJsonResponse."
            );
    }

    /// <summary>Checks that the caller requests nothing that only a new session can have.</summary>
    /// <exception cref="ArgumentException">The caller requests something that only a new session can have.</exception>
    public void VetForRenewal(SessionTransport transport)
    {
        if (RedirectUri is not null && WriteJsonResponse)
            throw new ArgumentException("A response with JSON in its body cannot redirect: leave out RedirectUri or WriteJsonResponse.");
        if (
            (Ours is not null && Transport != transport)
            || Device is not null
            || AuthenticationMethods is not null
            || Properties is { ExpiresUtc: not null } or { IssuedUtc: not null } or { AllowRefresh: not null }
        )
            throw new ArgumentException(
                "A sign-in of the request's own principal or properties renews the claims of its session, which keeps its transport, "
                    + "device, methods and times. To start a session, make a new principal and new properties."
            );
    }

    private static bool IsOfHandlers(string key) =>
        key.StartsWith('.')
        || key.StartsWith("OpenIdConnect.", StringComparison.Ordinal)
        || OfHandlers.Contains(key, StringComparer.Ordinal);
}
