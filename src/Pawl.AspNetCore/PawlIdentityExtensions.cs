using Pawl.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Joins Pawl to the users of ASP.NET Core Identity.</summary>
public static class PawlIdentityExtensions
{
    /// <summary>
    /// Asks ASP.NET Core Identity at every refresh: a session ends there whose user is gone, may not sign in (<c>SignInManager.CanSignInAsync</c>), is locked out for
    /// more than ten years, or has another security stamp by now, as after a change of password. The claims of the others follow the user's. A short lock-out, which
    /// anybody can cause by guessing, ends no session. The app's own <see cref="PawlEvents.OnRefreshing"/> is asked afterwards, unless the session has ended.
    /// </summary>
    /// <typeparam name="TUser">The app's user, as given to <c>AddIdentity</c>, <c>AddIdentityApiEndpoints</c>, or <c>AddIdentityCore</c> with <c>AddSignInManager</c>.</typeparam>
    public static PawlBuilder AddIdentityUsers<TUser>(this PawlBuilder builder) where TUser : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.PostConfigure<PawlOptions>(builder.AuthenticationScheme, static options =>
        {
            var asked = options.Events.OnRefreshing;
            options.Events.OnRefreshing = async context =>
            {
                await IdentityUsers.AskAsync<TUser>(context);
                if (!context.IsRejected)
                    await asked(context);
            };
        });
        return builder;
    }
}
