using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// <c>POST /auth/password</c>: changes the password, ends the user's other sessions, and keeps the session of the request.
/// </summary>
internal static class PasswordEndpoint
{
    private static readonly AuthorizationPolicy LiveSession = new AuthorizationPolicyBuilder()
        .RequireLiveSession(StoreUnavailableBehavior.Refuse)
        .Build();

    /// <summary>Answers a request whose session was alive when it arrived: the route requires that.</summary>
    public static async Task HandleAsync(
        HttpContext context,
        UserManager<User> users,
        SignInThrottle throttle,
        IAuthorizationService authorization
    )
    {
        if (await AccountRequest.ReadAsync(context, AccountJson.Default.PasswordChange) is not { } change)
            return;
        if (context.User.FindSessionId() is not { } session || await users.GetUserAsync(context.User) is not { } user)
        {
            await context.ChallengeAsync(PawlDefaults.AuthenticationScheme);
            return;
        }
        var attempt = Attempt.ChangePassword(user.Id, session);
        IdentityResult result;
        using (var turn = await PasswordTurn.TakeAsync(context, attempt))
        {
            if (turn is null)
                return;
            // The session may have ended while the body arrived or while the request waited for the hashing queue.
            if (!(await authorization.AuthorizeAsync(context.User, context, LiveSession)).Succeeded)
            {
                await context.ForbidAsync(PawlDefaults.AuthenticationScheme);
                return;
            }
            result = await users.ChangePasswordAsync(user, change.Current, change.New);
        }

        if (result.Errors.Any(static error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch)))
        {
            throttle.Fail(attempt);
            await AccountProblems.WrongPassword.WriteAsync(context);
        }
        else if (!result.Succeeded)
        {
            await AccountProblems
                .PasswordRefused(string.Join(' ', result.Errors.Select(static error => error.Description)))
                .WriteAsync(context);
        }
        else
        {
            throttle.Succeed(attempt);
            await EndOthersAsync(context, user, session);
        }
    }

    private static async Task EndOthersAsync(HttpContext context, User user, SessionId session)
    {
        // The password has changed, so the rest runs even if the client disconnects. With the new security stamp this session passes its
        // next refresh. Without it, the session would end like the others.
        await context
            .RequestServices.GetRequiredService<ISessionStore>()
            .UpdateAsync(session, new() { SecurityStamp = user.SecurityStamp }, CancellationToken.None);
        var ended = await context
            .RequestServices.GetRequiredService<SessionManager>()
            .EndAllForUserAsync(user.Id, except: session, SessionEndReason.CredentialsChanged, CancellationToken.None);
        AccountRequest.Logger(context).PasswordChanged(user.Id, ended);
        await context.Response.WriteAsJsonAsync(new { Ended = ended });
    }
}
