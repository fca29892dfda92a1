using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Sees each update of a user before it is stored, because <see cref="UserManager{TUser}"/> calls all validators then. It accepts every
/// update. It notes in the request which security stamp the update replaces, and calls <see cref="StampChangeFollower{TUser}"/>.
/// </summary>
internal sealed class StampChangeValidator<TUser>(
    IHttpContextAccessor accessor,
    StampChangeFollower<TUser> follower,
    ILogger<StampChangeValidator<TUser>> logger
) : IUserValidator<TUser>
    where TUser : class
{
    public async Task<IdentityResult> ValidateAsync(UserManager<TUser> manager, TUser user)
    {
        if (accessor.HttpContext is not { } context || !manager.SupportsUserSecurityStamp)
            return IdentityResult.Success;
        try
        {
            await NoteAsync(context, manager, user);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A failed read must not fail the update: changing a password is more important than staying signed in.
            logger.StampNotRead(e);
        }
        return IdentityResult.Success;
    }

    private async Task NoteAsync(HttpContext context, UserManager<TUser> manager, TUser user)
    {
        // A user who is being created may have no id yet.
        if (
            await manager.GetUserIdAsync(user) is { Length: > 0 } id
            && await follower.FindStampAsync(id) is { } stored
            && await manager.GetSecurityStampAsync(user) is var made
            && made != stored
        )
            await follower.NoteAsync(context, id, stored, made);
    }
}
