using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Whether what encrypts the keys will still be there after a restart. If it is not, the stored keys cannot be read then, and everybody is signed out.
/// </summary>
internal sealed class KeyProtectionCheck(
    IDataProtectionProvider provider, IOptions<KeyManagementOptions> dataProtection, IOptionsMonitor<PawlOptions> options,
    PawlScheme scheme, IHostEnvironment environment, ILogger<KeyProtectionCheck> logger)
{
    private const string Remedy = "Keep them with services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(\"…\")) on a volume, or set options.KeyEncryptionKey.";

    /// <summary>What is wrong in production, where Data Protection keeps its keys in memory only; null if nothing is.</summary>
    public string? FindFault() =>
        IsUsed && !HasRepository
        && (provider is EphemeralDataProtectionProvider || FileSystemXmlRepository.DefaultKeyStorageDirectory is null)
            ? "The Data Protection keys, which encrypt Pawl's, would be lost at the next restart. " + Remedy
            : null;

    /// <summary>Logs that the keys may go with the container that the app runs in.</summary>
    public void Warn()
    {
        // The file system of a container goes with it, unless the owner has seen to it; that cannot be told from inside.
        if (IsUsed && !HasRepository && Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") == "true")
            logger.KeysInContainer(Remedy);
    }

    private bool IsUsed => environment.IsProduction() && options.Get(scheme.Name).KeyEncryptionKey is null;

    // An ephemeral provider ignores the repository that is set up.
    private bool HasRepository => provider is not EphemeralDataProtectionProvider && dataProtection.Value.XmlRepository is not null;
}
