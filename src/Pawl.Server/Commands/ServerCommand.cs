namespace Pawl.Server;

/// <summary>A command, which runs instead of the server.</summary>
/// <param name="Usage">Its words. A word in capitals stands for any text.</param>
/// <param name="Does">Its description in the list of commands.</param>
/// <param name="RunAsync">Runs it with the given words. The services are available, and no port is open.</param>
internal sealed record ServerCommand(string Usage, string Does, Func<string[], IServiceProvider, Task> RunAsync)
{
    public static readonly ServerCommand[] All =
    [
        new("keys", "lists the signing keys", KeyCommand.ListAsync),
        new("keys revoke KID", "takes a signing key out of use; no user is signed out", KeyCommand.RevokeAsync),
        new("sessions end-all", "ends every session of every user; all users have to sign in again", SessionCommand.EndAllAsync),
    ];

    /// <summary>The command with these words; null if there is none.</summary>
    public static ServerCommand? Find(IReadOnlyList<string> words) => Array.Find(All, command => command.Fits(words));

    private bool Fits(IReadOnlyList<string> words)
    {
        var usage = Usage.Split(' ');
        return usage.Length == words.Count
            && usage.Zip(words).All(static pair => pair.First == pair.Second || char.IsAsciiLetterUpper(pair.First[0]));
    }
}
