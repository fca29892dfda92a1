using System.Security.Claims;
using Microsoft.AspNetCore.Identity;

namespace Pawl.AspNetCore;

/// <summary>
/// Makes the claims of a user with the app's own factory and marks each of them. Claims that a sign-in adds have no mark.
/// </summary>
internal sealed class MarkedUserClaims<TUser>(IUserClaimsPrincipalFactory<TUser> factory) : IUserClaimsPrincipalFactory<TUser>
    where TUser : class
{
    public async Task<ClaimsPrincipal> CreateAsync(TUser user)
    {
        var principal = await factory.CreateAsync(user);
        foreach (var claim in principal.Claims)
            SignInClaims.MarkAsUsers(claim);
        return principal;
    }
}
