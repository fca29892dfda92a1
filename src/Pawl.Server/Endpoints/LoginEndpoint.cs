using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// <c>POST /auth/login</c>: starts a session for a correct password. An unknown user and a wrong password get the same response after the
/// same time.
/// </summary>
internal static class LoginEndpoint
{
    private static readonly string[] ByPassword = ["pwd"];

    public static async Task HandleAsync(HttpContext context)
    {
        if (await AccountRequest.ReadAsync(context, AccountJson.Default.Credentials) is not { } given)
            return;
        if (
            ReadTransport(given.Transport) is not { } transport
            || given.Password.Length > PasswordRules.MaximumLength
            || given.Email.Length > User.MaxEmailLength
        )
        {
            await Problem.InvalidRequest.WriteAsync(context);
            return;
        }
        var signIn = PawlEndpoint.Service<SignInManager<User>>(context);
        // No account can have an address that a database or the normalization refuses. It costs the same hash and gets the same response.
        var mayExist = User.MayHaveEmail(given.Email);
        var account = mayExist ? signIn.UserManager.NormalizeName(given.Email) : given.Email;
        var user = mayExist ? await signIn.UserManager.FindByNameAsync(given.Email) : null;
        var address = context.Connection.RemoteIpAddress;
        var addresses = PawlEndpoint.Service<KnownAddresses>(context);
        var devices = PawlEndpoint.Service<KnownDevice>(context);
        var browser = devices.Find(context.Request, user?.Id);
        var attempt =
            browser is not null ? Attempt.FromKnownBrowser(account, browser)
            : addresses.IsKnown(account, address) ? Attempt.FromKnownAddress(account, address)
            : Attempt.FromStranger(account, address);
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
        addresses.Remember(account, address);
        if (transport is not SessionTransport.Body)
            devices.Remember(context, user.Id, browser);
        await context.SignInAsync(
            PawlEndpoint.Scheme(context),
            await signIn.CreateUserPrincipalAsync(user),
            new PawlSignInProperties
            {
                WriteJsonResponse = true,
                Transport = transport,
                Device = given.Device,
                AuthenticationMethods = ByPassword,
            }
        );
    }

    private static async Task<bool> IsRightAsync(HttpContext context, SignInManager<User> signIn, User? user, string password)
    {
        var logger = AccountRequest.Logger(context);
        if (user is null)
        {
            PawlEndpoint.Service<PasswordHashing>(context).VerifyNobodys(password);
            LogFailure(context, logger, "unknown", "unknown");
            return false;
        }
        if (await signIn.UserManager.CheckPasswordAsync(user, password) && await IdentityUsers.MaySignInAsync(signIn, user))
        {
            logger.SignedIn(user.Id);
            return true;
        }
        LogFailure(context, logger, user.Id, "known");
        return false;
    }

    // Guesses at unknown users must not delay the sign-ins of real users.
    private static void LogFailure(HttpContext context, ILogger logger, string userId, string kind)
    {
        if (PawlEndpoint.Service<LogSampler>(context).Allows(logger, id: 104, kind))
            logger.SignInFailed(userId);
    }

    private static SessionTransport? ReadTransport(string? name) =>
        name switch
        {
            null or "cookie" => SessionTransport.Cookie,
            "bearer" => SessionTransport.Bearer,
            "body" => SessionTransport.Body,
            _ => null,
        };
}
