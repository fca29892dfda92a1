using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Pawl.Server;

/// <summary>
/// <c>POST /auth/register</c>: creates an account and signs no user in. A taken address gets the same response after the same time as a
/// free one, because without e-mail only its owner could be told. A later sign-in attempt reveals the difference. But it leaves an
/// account at each free address, and both endpoints are throttled.
/// </summary>
internal static class RegisterEndpoint
{
    // Longer than writing a user to the disk takes. A taken address skips that write.
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    public static async Task HandleAsync(HttpContext context, UserManager<User> users, SignInThrottle throttle)
    {
        if (await AccountRequest.ReadAsync(context, AccountJson.Default.Credentials) is not { } wanted)
            return;
        if (!User.IsEmail(wanted.Email))
        {
            await AccountProblems.EmailRefused.WriteAsync(context);
            return;
        }
        var user = new User { UserName = wanted.Email, Email = wanted.Email };
        if (await FindFaultAsync(users, user, wanted.Password) is { } sentence)
        {
            await AccountProblems.PasswordRefused(sentence).WriteAsync(context);
            return;
        }

        var attempt = Attempt.Register(context.Connection.RemoteIpAddress);
        using (var turn = await PasswordTurn.TakeAsync(context, attempt))
        {
            if (turn is null)
                return;
            throttle.Fail(attempt);
            user.PasswordHash = users.PasswordHasher.HashPassword(user, wanted.Password);
        }
        await Task.WhenAll(CreateAsync(context, users, user), Task.Delay(Beat));
        await context.Response.WriteAsJsonAsync(new { });
    }

    private static async Task<string?> FindFaultAsync(UserManager<User> users, User user, string password)
    {
        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, user, password) is { Succeeded: false } refused)
                return string.Join(' ', refused.Errors.Select(static error => error.Description));
        }
        return null;
    }

    private static async Task CreateAsync(HttpContext context, UserManager<User> users, User user)
    {
        try
        {
            if ((await users.CreateAsync(user)).Succeeded)
                AccountRequest.Logger(context).UserCreated(user.Id);
        }
        catch (DbUpdateException e) when (context.RequestServices.GetRequiredService<ServerStore>().IsTaken(e))
        {
            // A concurrent request has taken the address.
        }
    }
}
