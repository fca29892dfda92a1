using Microsoft.AspNetCore.Identity;

namespace Pawl.Server;

/// <summary>Configures ASP.NET Core Identity: long passwords, strong hashes, and limited work.</summary>
internal static class UserServices
{
    public static void AddUsers(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(settings.Store);
        settings.Store.AddUsers(services);
        services.AddHostedService<UserSchema>();

        services.AddSingleton(new PasswordRules(settings.MinimumPasswordLength));
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton(static _ => new HashingQueue());
        services.AddThrottle();
        services.AddSingleton<KnownDevice>();
        services.AddSingleton<KnownAddresses>();

        // Added before Identity, which adds its own services only if there are none.
        services.AddSingleton<IPasswordHasher<User>>(static p => p.GetRequiredService<PasswordHashing>());
        services.AddSingleton<IPasswordValidator<User>>(static p => p.GetRequiredService<PasswordRules>());
        services
            .AddIdentityCore<User>(static identity =>
            {
                identity.User.RequireUniqueEmail = true;
                // Any character is allowed here; User.IsEmail decides which make an address.
                identity.User.AllowedUserNameCharacters = "";
            })
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<UserDatabase>()
            .AddSignInManager();
    }

    /// <summary>Limits the attempts to sign in, and the messages that they write.</summary>
    public static IServiceCollection AddThrottle(this IServiceCollection services) =>
        services
            .AddSingleton<SignInThrottle>()
            .AddSingleton(static p => new LogLimit(p.GetRequiredService<TimeProvider>(), static (logger, id, kind, count) =>
                logger.LeftOut(id, kind, count)
            ));
}
