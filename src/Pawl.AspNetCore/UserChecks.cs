using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// What a store of users is asked before the app's own events. It is apart from <see cref="PawlEvents"/>, so that an app which overrides
/// a method there, or replaces the object, does not leave the users out.
/// </summary>
/// <param name="MarkSignInClaims">Tells the claims of a sign-in from the user's own.</param>
/// <param name="AtStart">May the user sign in?</param>
/// <param name="AtRefresh">Is the user still welcome, and with which claims?</param>
internal sealed record UserChecks(
    Func<HttpContext, ClaimsPrincipal, Task> MarkSignInClaims,
    Func<SessionStartingContext, Task> AtStart,
    Func<RefreshingContext, Task> AtRefresh
);
