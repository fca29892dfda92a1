using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// <c>POST /auth/password</c>: changes the password, ends the user's other sessions, and keeps the session of the request.
/// </summary>
internal static class PasswordEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        var users = PawlEndpoint.Service<UserManager<User>>(context);
        if (
            await CurrentSession.FindAsync(context) is not { } session
            || await AccountRequest.ReadAsync(context, AccountJson.Default.PasswordChange) is not { } change
        )
            return;
        if (await users.FindByIdAsync(session.Subject) is not { } user)
        {
            await context.ChallengeAsync(PawlEndpoint.Scheme(context));
            return;
        }
        var attempt = Attempt.ChangePassword(user.Id, session.Id);
        IdentityResult result;
        using (var turn = await PasswordTurn.TakeAsync(context, attempt))
        {
            // The session may have ended while the body arrived or while the request waited for the hashing queue.
            if (turn is null || await CurrentSession.FindAsync(context) is null)
                return;
            result = await users.ChangePasswordAsync(user, change.Current, change.New);
        }

        var throttle = PawlEndpoint.Service<SignInThrottle>(context);
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

    private static async Task EndOthersAsync(HttpContext context, User user, Session session)
    {
        // The password has changed, so the rest runs even if the client disconnects. With the new security stamp this session passes its
        // next refresh. Without it, the session would end like the others.
        await PawlEndpoint
            .Service<ISessionStore>(context)
            .UpdateAsync(session.Id, claims: null, user.SecurityStamp, CancellationToken.None);
        var ended = await PawlEndpoint
            .Service<SessionManager>(context)
            .EndAllForUserAsync(user.Id, except: session.Id, SessionEndReason.CredentialsChanged, CancellationToken.None);
        AccountRequest.Logger(context).PasswordChanged(user.Id, ended);
        await context.Response.WriteAsJsonAsync(new { Ended = ended });
    }
}
