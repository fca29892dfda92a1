using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary><c>POST /auth/login</c>: starts a session for whoever knows the password. An unknown user takes as long, and is told the same, as a wrong password.</summary>
internal static class LoginEndpoint
{
    private static readonly string[] ByPassword = ["pwd"];

    public static async Task HandleAsync(HttpContext context)
    {
        if (await AccountRequest.ReadAsync(context, AccountJson.Default.Credentials) is not { } given)
            return;
        if (ReadTransport(given.Transport) is not { } transport || given.Password.Length > PasswordRules.MaximumLength || given.Email.Length > User.LongestEmail)
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }
        var signIn = PawlEndpoint.Service<SignInManager<User>>(context);
        var account = signIn.UserManager.NormalizeName(given.Email);
        // PostgreSQL does not take every character, and nobody has an address that is none.
        var user = User.IsEmail(given.Email) ? await signIn.UserManager.FindByNameAsync(given.Email) : null;
        var devices = PawlEndpoint.Service<KnownDevice>(context);
        var attempt = Attempt.SignIn(account, context.Connection.RemoteIpAddress, devices.Find(context.Request, user?.Id));
        using (var turn = await PasswordTurn.TakeAsync(context, attempt))
        {
            if (turn is null)
                return;
            if (!await IsRightAsync(context, signIn, user, given.Password))
                user = null;
        }

        var throttle = PawlEndpoint.Service<SignInThrottle>(context);
        if (user is null)
        {
            throttle.Fail(attempt);
            await AccountProblems.InvalidCredentials.WriteAsync(context);
            return;
        }
        throttle.Succeed(attempt);
        if (transport is not SessionTransport.Body)
            devices.Remember(context.Response, user.Id);
        await context.SignInAsync(PawlEndpoint.Scheme(context), await signIn.CreateUserPrincipalAsync(user), new PawlSignInProperties
        {
            AnswersWithJson = true,
            Transport = transport,
            Device = given.Device,
            AuthenticationMethods = ByPassword,
        });
    }

    private static async Task<bool> IsRightAsync(HttpContext context, SignInManager<User> signIn, User? user, string password)
    {
        var logger = AccountRequest.Logger(context);
        if (user is null)
        {
            PawlEndpoint.Service<PasswordHashing>(context).VerifyNobodys(password);
            logger.SignInFailed("unknown");
            return false;
        }
        if (await signIn.UserManager.CheckPasswordAsync(user, password) && await IdentityUsers.MaySignInAsync(signIn, user))
        {
            logger.SignedIn(user.Id);
            return true;
        }
        logger.SignInFailed(user.Id);
        return false;
    }

    private static SessionTransport? ReadTransport(string? name) => name switch
    {
        null or "cookie" => SessionTransport.Cookie,
        "bearer" => SessionTransport.Bearer,
        "body" => SessionTransport.Body,
        _ => null,
    };
}
