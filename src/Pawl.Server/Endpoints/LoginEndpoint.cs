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

    public static async Task HandleAsync(
        HttpContext context,
        SignInManager<User> signIn,
        SignInThrottle throttle,
        KnownAddresses addresses,
        KnownDevice devices
    )
    {
        if (await AccountRequest.ReadAsync(context, AccountJson.Default.Credentials) is not { } given)
            return;
        if (
            ReadTransport(given.Transport) is not { } transport
            || given.Password.Length > PasswordRules.MaximumLength
            || given.Email.Length > User.MaxEmailLength
        )
        {
            await AccountProblems.InvalidRequest.WriteAsync(context);
            return;
        }
        // No account can have an address that a database or the normalization refuses. It costs the same hash and gets the same response.
        var mayExist = User.MayHaveEmail(given.Email);
        var account = mayExist ? signIn.UserManager.NormalizeName(given.Email) : given.Email;
        var user = mayExist ? await signIn.UserManager.FindByNameAsync(given.Email) : null;
        var address = context.Connection.RemoteIpAddress;
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
            PawlDefaults.AuthenticationScheme,
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
            context.RequestServices.GetRequiredService<PasswordHashing>().VerifyNobodys(password);
            LogFailure(context, logger, "unknown", "unknown");
            return false;
        }
        if (await signIn.UserManager.CheckPasswordAsync(user, password) && await MaySignInAsync(context, signIn, user))
        {
            logger.SignedIn(user.Id);
            return true;
        }
        LogFailure(context, logger, user.Id, "known");
        return false;
    }

    // A disabled account gets the response of a wrong password. Without this check, the scheme would refuse the new session with another.
    private static async Task<bool> MaySignInAsync(HttpContext context, SignInManager<User> signIn, User user) =>
        await signIn.CanSignInAsync(user) && !user.IsDisabled(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());

    // Guesses at unknown users must not delay the sign-ins of real users.
    private static void LogFailure(HttpContext context, ILogger logger, string userId, string kind)
    {
        if (context.RequestServices.GetRequiredService<LogLimit>().Allows(logger, id: 104, kind))
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
