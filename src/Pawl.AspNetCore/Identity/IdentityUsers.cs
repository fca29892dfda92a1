using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>What ASP.NET Core Identity has to say about a session's user.</summary>
internal static class IdentityUsers
{
    // A lock-out against guessing lasts minutes, and must not sign devices out that guessed nothing; an administrator's lasts for ever.
    private static readonly TimeSpan ForEver = TimeSpan.FromDays(3650);

    // Whoever changes a password writes the user's stamp first and the session's a moment later. A refresh in between looks again.
    private static readonly TimeSpan StampDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the user may be signed in at all.</summary>
    public static async Task<bool> MaySignInAsync<TUser>(SignInManager<TUser> signIn, TUser user) where TUser : class
    {
        var now = (signIn.Context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
        return await signIn.CanSignInAsync(user)
            && !(signIn.UserManager.SupportsUserLockout && await signIn.UserManager.GetLockoutEndDateAsync(user) is { } end && end - now > ForEver);
    }

    /// <summary>
    /// Rejects a sign-in if its user has gone, is disabled, or has another security stamp, as after a change of password.
    /// </summary>
    public static async Task AskAsync<TUser>(SessionStartingContext context) where TUser : class
    {
        // A separate scope: the scope of the request may hold the user as read before the password was checked.
        await using var scope = context.HttpContext.RequestServices.CreateAsyncScope();
        var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<TUser>>();
        if (await signIn.UserManager.FindByIdAsync(context.Session.Subject) is not { } user || !await MaySignInAsync(signIn, user)
            || (context.Session.SecurityStamp is { } stamp && !await signIn.ValidateSecurityStampAsync(user, stamp)))
            context.Reject();
    }

    /// <summary>Rejects the refresh, or takes over the claims the user has by now.</summary>
    public static async Task AskAsync<TUser>(RefreshingContext context) where TUser : class
    {
        var signIn = context.HttpContext.RequestServices.GetRequiredService<SignInManager<TUser>>();
        if (await signIn.UserManager.FindByIdAsync(context.Session.Subject) is { } user && await MaySignInAsync(signIn, user) && await HasStampAsync(signIn, user, context))
            context.RenewClaims(await signIn.CreateUserPrincipalAsync(user));
        else
            context.Reject();
    }

    /// <summary>Marks the claims that a sign-in gives besides the user's own.</summary>
    public static async Task MarkSignInClaimsAsync<TUser>(
        HttpContext context, ClaimsPrincipal principal, PawlOptions options) where TUser : class
    {
        var signIn = context.RequestServices.GetRequiredService<SignInManager<TUser>>();
        if (await signIn.UserManager.FindByIdAsync(PrincipalClaims.FindSubject(principal)) is { } user)
            SignInClaims.Find(principal, await signIn.CreateUserPrincipalAsync(user), options.Issuer);
    }

    private static async Task<bool> HasStampAsync<TUser>(SignInManager<TUser> signIn, TUser user, RefreshingContext context) where TUser : class
    {
        // A session that was started without one has nothing to compare.
        if (context.Session.SecurityStamp is not { } stamp || await signIn.ValidateSecurityStampAsync(user, stamp))
            return true;
        await Task.Delay(StampDelay, context.HttpContext.RequestAborted);
        var session = await context.HttpContext.RequestServices.GetRequiredService<SessionManager>().FindAsync(context.Session.Id, context.HttpContext.RequestAborted);
        return await signIn.ValidateSecurityStampAsync(user, session?.SecurityStamp);
    }
}
