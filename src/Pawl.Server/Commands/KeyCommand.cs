using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// <c>keys</c> and <c>keys revoke KID</c>: for an operator whose signing key may have leaked. The servers keep running.
/// </summary>
internal static class KeyCommand
{
    public static async Task ListAsync(string[] words, IServiceProvider services)
    {
        foreach (var key in await (await FindAsync(services)).ListAsync())
            Console.WriteLine($"{key.KeyId}  {key.Algorithm}  signs from {key.ActivatesAt:u} to {key.RetiresAt:u}");
    }

    /// <exception cref="SettingException">There is no such key.</exception>
    public static async Task RevokeAsync(string[] words, IServiceProvider services)
    {
        var keyId = words[^1];
        if (!await (await FindAsync(services)).RevokeAsync(keyId))
            throw new SettingException($"There is no signing key '{keyId}'; the command keys lists them.");
        Console.WriteLine(
            $"{keyId} is revoked. Every server refuses its tokens within a minute; clients refresh, and no user is signed out."
        );
    }

    private static async Task<SigningKeyManager> FindAsync(IServiceProvider services)
    {
        await services.GetRequiredService<ISessionStore>().InitializeAsync(CancellationToken.None);
        return services.GetRequiredService<SigningKeyManager>();
    }
}
