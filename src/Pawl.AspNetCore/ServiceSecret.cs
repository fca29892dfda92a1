using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.AspNetCore;

/// <summary>The secret of a service in <see cref="PawlOptions.ServiceClients"/>: the secret itself, or its hash.</summary>
internal static class ServiceSecret
{
    private const string HashPrefix = "sha256:";
    private const int MinLength = 32;
    private const int MinDistinctCharacters = 8;

    /// <summary>
    /// The SHA-256 of a configured secret; null if the secret is too short or too simple, or is not a hash. A secret this long and random
    /// needs no slow hash.
    /// </summary>
    public static byte[]? Hash(string? configured)
    {
        if (configured is null)
            return null;
        if (configured.StartsWith(HashPrefix, StringComparison.Ordinal))
            return ReadHash(configured.AsSpan(HashPrefix.Length));
        var isStrong =
            configured.Length >= MinLength
            && SessionText.IsWellFormed(configured)
            && configured.Distinct().Count() >= MinDistinctCharacters;
        return isStrong ? SHA256.HashData(Encoding.UTF8.GetBytes(configured)) : null;
    }

    private static byte[]? ReadHash(ReadOnlySpan<char> hex)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        return hex.Length == hash.Length * 2 && Convert.FromHexString(hex, hash, out _, out _) is OperationStatus.Done ? hash : null;
    }
}
