using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The context of <see cref="PawlEvents.OnSigningIn"/>: a sign-in, before its session starts or is renewed.</summary>
/// <remarks>
/// <c>Principal</c> is the user who signs in. <c>Properties</c> are those of the sign-in, or new ones if the caller gave none; each member
/// is honoured or refused as <see cref="PawlSignInProperties"/> says.
/// </remarks>
public sealed class SigningInContext : PrincipalContext<PawlOptions>
{
    /// <summary>Creates the context.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="options">Its options.</param>
    /// <param name="principal">The user who signs in.</param>
    /// <param name="properties">The properties of the sign-in; null for new ones.</param>
    /// <param name="isRenewal">Whether the claims of a session are renewed.</param>
    public SigningInContext(
        HttpContext context,
        AuthenticationScheme scheme,
        PawlOptions options,
        ClaimsPrincipal principal,
        AuthenticationProperties? properties,
        bool isRenewal
    )
        : base(context, scheme, options, properties ?? new AuthenticationProperties { IsPersistent = true }) =>
        (Principal, IsRenewal) = (principal, isRenewal);

    /// <summary>
    /// Whether the sign-in renews the claims of the request's session. Such a session keeps its subject and its times; a handler that
    /// changes them is refused with an exception.
    /// </summary>
    public bool IsRenewal { get; }
}
