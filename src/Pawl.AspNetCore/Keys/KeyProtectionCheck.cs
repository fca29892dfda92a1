using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Checks that the keys that encrypt Pawl's keys survive a restart. If they do not, the stored keys become unreadable and all users are
/// signed out.
/// </summary>
internal sealed class KeyProtectionCheck(
    IDataProtectionProvider provider,
    IOptions<KeyManagementOptions> dataProtection,
    IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme,
    IHostEnvironment environment,
    ILogger<KeyProtectionCheck> logger
)
{
    private const string Remedy =
        "Keep them with services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(\"…\")) on a volume, "
        + "or set options.KeyEncryptionKey.";

    /// <summary>The fault in production if Data Protection keeps its keys in memory only; null if there is no fault.</summary>
    public string? FindFault() =>
        IsUsed
        && !HasRepository
        && (provider is EphemeralDataProtectionProvider || FileSystemXmlRepository.DefaultKeyStorageDirectory is null)
            ? "The Data Protection keys, which encrypt Pawl's keys, would be lost at the next restart. " + Remedy
            : null;

    /// <summary>Logs that the keys may be lost with the container that the app runs in.</summary>
    public void Warn()
    {
        // The file system of a container is lost with it, unless it is on a volume. The app cannot see which.
        if (IsUsed && !HasRepository && Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") == "true")
            logger.KeysInContainer(Remedy);
    }

    private bool IsUsed => environment.IsProduction() && options.Get(scheme.Name).KeyEncryptionKey is null;

    // An ephemeral provider ignores the repository that is set up.
    private bool HasRepository => provider is not EphemeralDataProtectionProvider && dataProtection.Value.XmlRepository is not null;
}
