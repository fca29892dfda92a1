using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// <c>POST /auth/register</c>: makes an account and signs nobody in. An address that is taken is answered like a free one, in the same time: without e-mail there
/// is no way to tell its owner alone. Who then signs in finds out, but leaves an account at each address that was free, and is throttled at both.
/// </summary>
internal static class RegisterEndpoint
{
    // Longer than it takes to write a user to the disk, which a taken address is spared.
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    public static async Task HandleAsync(HttpContext context)
    {
        if (await AccountRequest.ReadAsync(context, AccountJson.Default.Credentials) is not { } wanted)
            return;
        if (!User.IsEmail(wanted.Email))
        {
            await AccountProblems.EmailRefused.WriteAsync(context);
            return;
        }
        var users = PawlEndpoint.Service<UserManager<User>>(context);
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
            PawlEndpoint.Service<SignInThrottle>(context).Fail(attempt);
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
        catch (DbUpdateException e) when (PawlEndpoint.Service<ServerStore>(context).IsTaken(e))
        {
            // Taken by a request that came at the same moment.
        }
    }
}
