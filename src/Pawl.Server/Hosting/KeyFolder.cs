using Microsoft.AspNetCore.DataProtection;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>
/// What the server's own keys and cookies are encrypted with: <c>Pawl__KeyEncryptionKey</c>, if it is set. Otherwise it is ASP.NET Core
/// Data Protection, with its keys in
/// a folder beside the database, so that one volume holds all there is, and readable for its owner alone.
/// </summary>
internal sealed class KeyFolder
{
    /// <summary>The same wherever the program lies, so that it can be moved.</summary>
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

    /// <summary>Makes the folder, where it is needed, and closes it to others.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be made or read.</exception>
    public void Prepare()
    {
        // A missing data folder is for the database to complain about.
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
                $"The folder '{_folder.FullName}' for keys cannot be made or read ({e.Message.TrimEnd('.')}); " +
                "give this user the right to, or set Pawl__KeyEncryptionKey, which needs no folder.", e);
        }
    }

    /// <summary>Says to an operator what Pawl says to a programmer about a stored key that cannot be decrypted.</summary>
    public static string Translate(string message, KeyFaultException fault) => message.Replace(fault.Message, fault.Fault switch
    {
        KeyFault.OwnersKeyDiffers => "Pawl__KeyEncryptionKey is another value than the one it was encrypted with; set that one.",
        KeyFault.OwnersKeyMissing => "Set Pawl__KeyEncryptionKey to the value it was encrypted with; none is set now.",
        KeyFault.DataProtectionKeyMissing =>
            "Bring back the folder pawl-keys of the server that has made it: all servers of one store share that folder, or the same Pawl__KeyEncryptionKey.",
        // Nothing of code in these.
        KeyFault.DataProtectionKeyRevoked or KeyFault.DataProtectionKeyUnreadable or KeyFault.FormatUnknown => fault.Message,
        _ => "The folder pawl-keys is the right one, but another application has encrypted it, or it is damaged; restore the stored keys from a backup.",
    }, StringComparison.Ordinal);
}
