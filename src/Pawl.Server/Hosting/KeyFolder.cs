using Microsoft.AspNetCore.DataProtection;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// Encrypts the server's own keys and cookies with <c>Pawl__KeyEncryptionKey</c> if it is set. Otherwise it uses ASP.NET Core Data
/// Protection, whose keys are in a folder beside the database, so that one volume holds everything. Only its owner can read the folder.
/// </summary>
internal sealed class KeyFolder
{
    /// <summary>The name does not depend on the program's folder, so that the program can be moved.</summary>
    public const string ApplicationName = "pawl";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _folder;
    private readonly byte[]? _ownersKey;

    public KeyFolder(ServerSettings settings)
    {
        var options = new PawlOptions();
        settings.Apply(options);
        _ownersKey = options.KeyEncryptionKey;
        _folder = new(Path.Combine(settings.Store.Folder, "pawl-keys"));
    }

    public void AddTo(IServiceCollection services)
    {
        if (_ownersKey is not null)
            services.AddOwnersKeyDataProtection(_ownersKey, _folder);
        else
            services.AddDataProtection().SetApplicationName(ApplicationName).PersistKeysToFileSystem(_folder);
    }

    /// <summary>Creates the folder if it is needed, and removes the rights of other users.</summary>
    /// <exception cref="StoreUnavailableException">The folder cannot be created or read.</exception>
    public void Prepare()
    {
        // The database reports a missing data folder.
        if (_ownersKey is not null || !_folder.Parent!.Exists)
            return;
        try
        {
            _folder.Create();
            if (!OperatingSystem.IsWindows())
                _folder.UnixFileMode = OwnerOnly;
            _ = _folder.GetFiles();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"The folder '{_folder.FullName}' for keys cannot be made or read ({e.Message.TrimEnd('.')}); "
                    + "give this user the right to, or set Pawl__KeyEncryptionKey, which needs no folder.",
                e
            );
        }
    }

    /// <summary>Translates the message about an undecryptable key: it names settings instead of code.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="remedy">The part of it that says how to repair the fault. It may name members that only code can use.</param>
    public static string Translate(string message, string remedy)
    {
        var translated =
            remedy.Contains(nameof(DataProtectionBuilderExtensions.PersistKeysToFileSystem), StringComparison.Ordinal)
                ? "Bring back the folder pawl-keys of the server that has made it: "
                    + "all servers of one store share that folder, or the same Pawl__KeyEncryptionKey."
            : remedy.Contains(nameof(DataProtectionBuilderExtensions.SetApplicationName), StringComparison.Ordinal)
                ? "The folder pawl-keys is the right one, but another application has encrypted it, or it is damaged; "
                    + "restore the stored keys from a backup."
            : remedy.Replace(
                nameof(PawlOptions.KeyEncryptionKey),
                $"Pawl__{nameof(PawlOptions.KeyEncryptionKey)}",
                StringComparison.Ordinal
            );
        return message.Replace(remedy, translated, StringComparison.Ordinal);
    }
}
