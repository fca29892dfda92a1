using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>Endpoints of an app's own that change a user's credentials, or try to.</summary>
internal static class CredentialEndpoints
{
    public const string NewPassword = "Another-horse-8";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost(
                "/change/{what}",
                async (
                    string what,
                    string? of,
                    bool? fails,
                    UserManager<IdentityUser> users,
                    IServiceProvider services,
                    ClaimsPrincipal me
                ) =>
                {
                    var user = (of is null ? await users.GetUserAsync(me) : await users.FindByEmailAsync(of))!;
                    var result = what switch
                    {
                        "add-password" => await Both(users.RemovePasswordAsync(user), () => users.AddPasswordAsync(user, NewPassword)),
                        "email" => await Both(users.SetEmailAsync(user, "ada@example.org"), () =>
                            users.SetUserNameAsync(user, "ada@example.org")
                        ),
                        "phone" => await users.SetPhoneNumberAsync(user, "1234"),
                        "name" => await users.SetUserNameAsync(user, "ada"),
                        "remove-login" => await Both(users.AddLoginAsync(user, new("provider", "1", null)), () =>
                            users.RemoveLoginAsync(user, "provider", "1")
                        ),
                        "stamp" => await users.UpdateSecurityStampAsync(user),
                        "taken-name" => await users.SetUserNameAsync(user, "bob@example.com"),
                        "conflict" => await ConflictAsync(services, users, user),
                        _ => await users.UpdateAsync(user),
                    };
                    Assert.Equal(what is not ("taken-name" or "conflict"), result.Succeeded);
                    if (fails is true)
                        throw new InvalidOperationException("The app fails.");
                }
            )
            .RequireAuthorization();

    private static async Task<IdentityResult> Both(Task<IdentityResult> first, Func<Task<IdentityResult>> second) =>
        await first is { Succeeded: false } failed ? failed : await second();

    // Another request changes the user between the look at the stamp and the update.
    private static async Task<IdentityResult> ConflictAsync(IServiceProvider services, UserManager<IdentityUser> users, IdentityUser user)
    {
        await using var scope = services.CreateAsyncScope();
        var others = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        await others.UpdateAsync((await others.FindByIdAsync(user.Id))!);
        return await users.UpdateSecurityStampAsync(user);
    }
}
