using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary><c>keys</c> and <c>keys revoke KID</c>: what an operator does after a signing key may have leaked, while the servers run.</summary>
internal static class KeyCommand
{
    public const string Usage = "Usage: keys (lists the signing keys), or keys revoke KID (takes one out of use; nobody is signed out).";

    public static bool Is(string[] args) => args is ["keys", ..];

    /// <exception cref="SettingException">The arguments are none of these, or name no key.</exception>
    public static async Task RunAsync(string[] args, IServiceProvider services)
    {
        await services.GetRequiredService<ISessionStore>().InitializeAsync(CancellationToken.None);
        var keys = services.GetRequiredService<SigningKeyManager>();
        switch (args)
        {
            case ["keys"]:
                foreach (var key in await keys.ListAsync())
                    Console.WriteLine($"{key.KeyId}  {key.Algorithm}  signs from {key.ActivatesAt:u} to {key.RetiresAt:u}");
                break;
            case ["keys", "revoke", var keyId]:
                if (!await keys.RevokeAsync(keyId))
                    throw new SettingException($"There is no signing key '{keyId}'; the command keys lists them.");
                Console.WriteLine($"{keyId} is revoked. Every server refuses its tokens within a minute; clients refresh, and nobody is signed out.");
                break;
            default:
                throw new SettingException(Usage);
        }
    }
}
