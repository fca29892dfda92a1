using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The checks of a user store, which run before the app's own events. They are apart from <see cref="PawlEvents"/>, so that an app cannot
/// disable them by overriding a method there or replacing the object.
/// </summary>
/// <param name="MarkSignInClaims">Marks the claims that a sign-in adds to the user's own.</param>
/// <param name="AtStart">Decides whether the user may sign in.</param>
/// <param name="AtRefresh">Decides whether the user stays signed in, and renews the claims.</param>
/// <param name="AtTicket">Whether the user of a cookie ticket is still the one that it says, and may sign in.</param>
/// <param name="FindStamp">The security stamp of a user, as the services of the request have it; null if there is none.</param>
internal sealed record UserChecks(
    Func<HttpContext, ClaimsPrincipal, Task> MarkSignInClaims,
    Func<SessionStartingContext, Task> AtStart,
    Func<RefreshingContext, Task> AtRefresh,
    Func<HttpContext, ClaimsPrincipal, Task<bool>> AtTicket,
    Func<HttpContext, string, Task<string?>> FindStamp
);
