using Microsoft.AspNetCore.Identity;

namespace Pawl.Server;

/// <summary>Users by ASP.NET Core Identity, with what its defaults leave open: long passwords, strong hashes, and no more work than the machine has.</summary>
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
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<KnownDevice>();
        services.AddSingleton<KnownAddresses>();

        // Ahead of Identity, which adds its own only where there are none.
        services.AddSingleton<IPasswordHasher<User>>(static p => p.GetRequiredService<PasswordHashing>());
        services.AddSingleton<IPasswordValidator<User>>(static p => p.GetRequiredService<PasswordRules>());
        services.AddIdentityCore<User>(static identity =>
            {
                identity.User.RequireUniqueEmail = true;
                // Any character; User.IsEmail says which make an address.
                identity.User.AllowedUserNameCharacters = "";
            })
            .AddRoles<IdentityRole>()
            .AddEntityFrameworkStores<UserDatabase>()
            .AddSignInManager();
    }
}
