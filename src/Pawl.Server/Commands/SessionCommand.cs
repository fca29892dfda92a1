using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// <c>sessions end-all</c>: for an operator who has restored a backup, or whose keys have leaked. The servers may keep running.
/// </summary>
internal static class SessionCommand
{
    public static async Task EndAllAsync(string[] words, IServiceProvider services)
    {
        await services.GetRequiredService<ISessionStore>().InitializeAsync(CancellationToken.None);
        await services.GetRequiredService<SessionManager>().EndAllSessionsAsync();
        Console.WriteLine(
            "Every session has ended. Every server that runs refuses all tokens within a minute; all users have to sign in again."
        );
    }
}
