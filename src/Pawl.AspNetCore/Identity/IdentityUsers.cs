using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>Checks the user of a session with ASP.NET Core Identity.</summary>
internal static class IdentityUsers
{
    // A lock-out against guessing lasts minutes and must not end sessions, because others can cause it. An administrator's lock-out lasts
    // for ever.
    private static readonly TimeSpan ForEver = TimeSpan.FromDays(3650);

    // A change of password writes the user's stamp first. The session's stamp follows a moment later, perhaps on another node. A refresh
    // in between reads the session again.
    private static readonly TimeSpan StampDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the user may be signed in at all.</summary>
    public static async Task<bool> MaySignInAsync<TUser>(SignInManager<TUser> signIn, TUser user)
        where TUser : class
    {
        var now = (signIn.Context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
        return await signIn.CanSignInAsync(user)
            && !(
                signIn.UserManager.SupportsUserLockout
                && await signIn.UserManager.GetLockoutEndDateAsync(user) is { } end
                && end - now > ForEver
            );
    }

    /// <summary>
    /// Rejects a sign-in if its user was deleted or disabled, or has another security stamp, as after a change of password.
    /// </summary>
    public static async Task AskAsync<TUser>(SessionStartingContext context)
        where TUser : class
    {
        // A separate scope, because the scope of the request may hold the user as read before the password was checked.
        await using var scope = context.HttpContext.RequestServices.CreateAsyncScope();
        var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<TUser>>();
        if (await signIn.UserManager.FindByIdAsync(context.Session.Subject) is not { } user || !await MaySignInAsync(signIn, user))
            context.Reject();
        else if (context.Session.SecurityStamp is { } stamp && !await signIn.ValidateSecurityStampAsync(user, stamp))
            context.Reject(SessionEndReason.CredentialsChanged);
    }

    /// <summary>Rejects the refresh, or renews the claims from the user's current ones.</summary>
    public static async Task AskAsync<TUser>(RefreshingContext context)
        where TUser : class
    {
        var signIn = context.HttpContext.RequestServices.GetRequiredService<SignInManager<TUser>>();
        if (await signIn.UserManager.FindByIdAsync(context.Session.Subject) is not { } user || !await MaySignInAsync(signIn, user))
            context.Reject();
        else if (!await HasStampAsync(signIn, user, context))
            context.Reject(SessionEndReason.CredentialsChanged);
        else
            context.RenewClaims(await signIn.CreateUserPrincipalAsync(user));
    }

    /// <summary>Marks the claims that a sign-in adds to the user's own.</summary>
    public static async Task MarkSignInClaimsAsync<TUser>(HttpContext context, ClaimsPrincipal principal, PawlOptions options)
        where TUser : class
    {
        var signIn = context.RequestServices.GetRequiredService<SignInManager<TUser>>();
        if (await signIn.UserManager.FindByIdAsync(PrincipalClaims.FindSubject(principal)) is { } user)
            SignInClaims.Find(principal, await signIn.CreateUserPrincipalAsync(user), options.Issuer);
    }

    /// <summary>Whether the user of a cookie ticket exists, may sign in, and has the security stamp of the ticket.</summary>
    public static async Task<bool> IsCurrentAsync<TUser>(HttpContext context, ClaimsPrincipal principal)
        where TUser : class
    {
        var signIn = context.RequestServices.GetRequiredService<SignInManager<TUser>>();
        return await signIn.ValidateSecurityStampAsync(principal) is { } user && await MaySignInAsync(signIn, user);
    }

    /// <summary>The security stamp of a user, as the services of the request have it; null if there is no user or no stamp.</summary>
    public static async Task<string?> FindStampAsync<TUser>(HttpContext context, string id)
        where TUser : class
    {
        var users = context.RequestServices.GetRequiredService<UserManager<TUser>>();
        return users.SupportsUserSecurityStamp && await users.FindByIdAsync(id) is { } user
            ? await users.GetSecurityStampAsync(user)
            : null;
    }

    private static async Task<bool> HasStampAsync<TUser>(SignInManager<TUser> signIn, TUser user, RefreshingContext context)
        where TUser : class
    {
        // A session that started without a stamp has nothing to compare.
        if (context.Session.SecurityStamp is not { } stamp || await signIn.ValidateSecurityStampAsync(user, stamp))
            return true;
        var (services, aborted) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
        await services.GetRequiredService<StampChangesUnderWay>().WaitAsync(context.Session.Subject, aborted);
        if (await HasStampNowAsync())
            return true;
        await Task.Delay(StampDelay, aborted);
        return await HasStampNowAsync();

        // The stamp may have changed once more, and the scope of the request holds the user as read before.
        async Task<bool> HasStampNowAsync() =>
            await services.GetRequiredService<StoredSessions>().FindAsync(context.Session.Id, aborted) is { } session
            && session.SecurityStamp == await services.GetRequiredService<StampChangeFollower<TUser>>().FindStampAsync(session.Subject);
    }
}
