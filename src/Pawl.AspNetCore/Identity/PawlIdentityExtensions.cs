using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pawl.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Joins Pawl to the users of ASP.NET Core Identity.</summary>
public static class PawlIdentityExtensions
{
    /// <summary>
    /// Asks ASP.NET Core Identity at every refresh. A session ends if its user has gone, may not sign in
    /// (<c>SignInManager.CanSignInAsync</c>), is locked out for more than ten years, or has another security stamp, as after a change of
    /// password. A request that changes the stamp by <see cref="UserManager{TUser}"/> keeps its own session, and ends the user's others
    /// before it is answered; a connection that is open already, as to a hub, does so a moment after the change. Otherwise its claims
    /// are renewed from the user's. A short lock-out, which strangers can cause by guessing passwords, ends no session.
    /// Claims that a sign-in gives besides the user's own, as by <c>SignInManager.SignInWithClaimsAsync</c>, stay for the session;
    /// so does a role, if Identity was added before this call. A sign-in is checked in the same way after its session is stored,
    /// so that a password which is changed at that moment leaves no session behind. The app's own <see cref="PawlEvents.OnRefreshing"/> and
    /// <see cref="PawlEvents.OnSessionStarting"/> are called afterwards, unless the session has ended.
    /// Sign-ins with bearer tokens, as by <c>MapIdentityApi</c>, start sessions, too: see
    /// <see cref="PawlIdentityOptions.ReplaceBearerTokens"/>.
    /// </summary>
    /// <typeparam name="TUser">The app's user, as given to <c>AddIdentity</c>, <c>AddIdentityApiEndpoints</c>, or <c>AddIdentityCore</c>
    /// with <c>AddSignInManager</c>.</typeparam>
    /// <example>
    /// <code>
    /// builder.Services.AddIdentityApiEndpoints&lt;User>().AddEntityFrameworkStores&lt;UserDatabase>();
    /// builder.Services.AddPawl(IdentityConstants.ApplicationScheme).AddIdentityUsers&lt;User>()
    ///     .AddSqliteStore("Data Source=sessions.db");
    /// </code>
    /// </example>
    public static PawlBuilder AddIdentityUsers<TUser>(this PawlBuilder builder)
        where TUser : class => builder.AddIdentityUsers<TUser>(static _ => { });

    /// <inheritdoc cref="AddIdentityUsers{TUser}(PawlBuilder)"/>
    /// <param name="builder">The result of <c>AddPawl</c>.</param>
    /// <param name="configure">Sets options. It is called at once.</param>
    public static PawlBuilder AddIdentityUsers<TUser>(this PawlBuilder builder, Action<PawlIdentityOptions> configure)
        where TUser : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new PawlIdentityOptions();
        configure(options);
        // Beside Identity's own cookies, Pawl has another scheme, and its sessions are not those of Identity's sign-ins.
        if (options.ReplaceBearerTokens && builder.AuthenticationScheme == IdentityConstants.ApplicationScheme)
            BearerServices.Add(builder.Services);
        var name = typeof(TUser).Name;
        builder.Services.AddSingleton(
            new RequiredService(
                typeof(SignInManager<TUser>),
                $"AddIdentityUsers<{name}>() asks the SignInManager of {name}, and there is none; "
                    + $"write builder.Services.AddIdentityApiEndpoints<{name}>(), or AddIdentityCore<{name}>().AddSignInManager()."
            )
        );
        builder.Services.AddSingleton(
            new RequiredService(
                typeof(IUserStore<TUser>),
                $"AddIdentityUsers<{name}>() asks the user store of {name}, and there is none; "
                    + $"write builder.Services.AddIdentityApiEndpoints<{name}>().AddEntityFrameworkStores<…>()."
            )
        );
        MarkUserClaims<TUser>(builder.Services);
        WatchStamps<TUser>(builder.Services);
        builder.Services.PostConfigure<PawlOptions>(builder.AuthenticationScheme, static options =>
            options.UserChecks = new UserChecks(
                (context, principal) => IdentityUsers.MarkSignInClaimsAsync<TUser>(context, principal, options),
                IdentityUsers.AskAsync<TUser>,
                IdentityUsers.AskAsync<TUser>,
                IdentityUsers.IsCurrentAsync<TUser>,
                IdentityUsers.FindStampAsync<TUser>
            )
        );
        return builder;
    }

    // If Identity was added before, its factory marks every claim of a user. Otherwise a sign-in is compared with the user at that time.
    private static void MarkUserClaims<TUser>(IServiceCollection services)
        where TUser : class
    {
        var factories = services.Where(static s => s.ServiceType == typeof(IUserClaimsPrincipalFactory<TUser>) && !s.IsKeyedService);
        if (factories.LastOrDefault() is not { } factory)
            return;
        services.Remove(factory);
        services.Add(
            ServiceDescriptor.Describe(
                typeof(IUserClaimsPrincipalFactory<TUser>),
                p => new MarkedUserClaims<TUser>(Make<TUser>(p, factory)),
                factory.Lifetime
            )
        );
    }

    private static void WatchStamps<TUser>(IServiceCollection services)
        where TUser : class
    {
        // Identity adds its own validator only where there is none, so that ours alone would keep it out if Identity is added later.
        if (services.All(static s => s.ServiceType != typeof(UserManager<TUser>)))
            services.TryAddScoped<IUserValidator<TUser>, UserValidator<TUser>>();
        services.AddHttpContextAccessor();
        services.TryAddSingleton<StampChangesUnderWay>();
        services.TryAddSingleton<StampChangeFollower<TUser>>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IUserValidator<TUser>, StampChangeValidator<TUser>>());
    }

    private static IUserClaimsPrincipalFactory<TUser> Make<TUser>(IServiceProvider services, ServiceDescriptor factory)
        where TUser : class =>
        (IUserClaimsPrincipalFactory<TUser>)(
            factory.ImplementationInstance
            ?? factory.ImplementationFactory?.Invoke(services)
            ?? ActivatorUtilities.CreateInstance(services, factory.ImplementationType!)
        );
}
