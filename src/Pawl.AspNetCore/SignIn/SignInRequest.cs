using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The sign-in that a caller requests by the framework's properties. Each member is honoured or refused with an exception, as
/// <see cref="PawlSignInProperties"/> documents.
/// </summary>
internal sealed record SignInRequest(AuthenticationProperties? Properties)
{
    public SessionTransport Transport => PawlSignInProperties.FindTransport(Properties) ?? SessionTransport.Cookie;

    // If there are no properties, the session does not end with the browser.
    public bool IsPersistent => Properties?.IsPersistent ?? true;

    public string? Device => PawlSignInProperties.FindDevice(Properties);

    public IReadOnlyList<string>? AuthenticationMethods => PawlSignInProperties.FindAuthenticationMethods(Properties);

    public bool WriteJsonResponse => PawlSignInProperties.FindWriteJsonResponse(Properties);

    /// <summary>What the session keeps besides its claims.</summary>
    public SessionItems Items { get; private init; } = SessionItems.None;

    /// <summary>Whether the caller has passed no properties. A renewed session then keeps its items.</summary>
    public bool HasNoProperties { get; init; }

    /// <summary>The cookie ticket that the session is started for; null if a user signs in.</summary>
    public CookieTicket? Ticket { get; init; }

    /// <summary>The target of the redirect; null if the response does not redirect.</summary>
    public string? RedirectUri { get; private init; }

    /// <summary>Reads the properties.</summary>
    /// <exception cref="ArgumentException">A member cannot be honoured.</exception>
    public static SignInRequest Read(AuthenticationProperties? properties, HttpRequest request, PawlOptions options)
    {
        if (properties is null)
            return new SignInRequest(properties);
        return new SignInRequest(properties)
        {
            Items = SessionItems.Of(properties),
            RedirectUri = RedirectTarget.Vet(properties.RedirectUri, request, options),
        };
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

    /// <summary>
    /// What <c>auth_time</c> says. A cookie ticket may have been issued long after the user proved who they are.
    /// </summary>
    public DateTimeOffset FindShownAuthenticationTime(DateTimeOffset authenticatedAt) =>
        Properties?.Items.TryGetValue(CookieTicket.SignedInItem, out var text) is true
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds < authenticatedAt.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : authenticatedAt;

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

    /// <summary>
    /// Whether a renewal replaces the items of the session. One that passes on what the request got from <c>AuthenticateAsync</c> does not,
    /// so it cannot undo a change that another request makes meanwhile.
    /// </summary>
    public bool ReplacesItems(HttpContext context, SessionId session) =>
        !(HasNoProperties && Items.IsEmpty) && !Items.IsSameAs(RequestItems.Of(context, session));

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
            (PawlSignInProperties.FindTransport(Properties) is { } other && other != transport)
            || Device is not null
            || AuthenticationMethods is not null
            || Properties is { ExpiresUtc: not null } or { IssuedUtc: not null } or { AllowRefresh: not null }
        )
            throw new ArgumentException(
                "A sign-in of the request's own principal or properties renews the claims of its session, which keeps its transport, "
                    + "device, methods and times. To start a session, make a new principal and new properties."
            );
    }
}
