using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary><c>sessions end-all</c>: what an operator does after a backup was restored, or after more has leaked than one key. The servers may run meanwhile, or not.</summary>
internal static class SessionCommand
{
    public const string Usage = "Usage: sessions end-all (ends every session of every user; everybody has to sign in again).";

    public static bool Is(string[] args) => args is ["sessions", ..];

    /// <exception cref="SettingException">The arguments are not these.</exception>
    public static async Task RunAsync(string[] args, IServiceProvider services)
    {
        if (args is not ["sessions", "end-all"])
            throw new SettingException(Usage);
        await services.GetRequiredService<ISessionStore>().InitializeAsync(CancellationToken.None);
        await services.GetRequiredService<SessionManager>().EndEverybodysAsync();
        Console.WriteLine("Every session has ended. Every server that runs refuses all tokens within a minute; everybody has to sign in again.");
    }
}
