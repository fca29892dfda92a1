using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>The services that may ask about tokens and endings, and how they prove who they are: by name and secret (RFC 6749, section 2.3.1).</summary>
internal sealed class ServiceClients(IOptionsMonitor<PawlOptions> options, PawlScheme scheme)
{
    private const string HashPrefix = "sha256:";
    private const int ShortestSecret = 32;
    private const int FewestCharacters = 8;

    // What is compared where there is no such service, so that both take as long.
    private static readonly byte[] Nobodys = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    private readonly Dictionary<string, byte[]> _hashes = options.Get(scheme.Name).ServiceClients.ToDictionary(static c => c.Key, static c => Hash(c.Value)!, StringComparer.Ordinal);

    /// <summary>The SHA-256 of a secret, which is given as it is or as its hash; null if it will not do. A secret this long and random needs no slow hash.</summary>
    public static byte[]? Hash(string? configured)
    {
        if (configured is null)
            return null;
        if (!configured.StartsWith(HashPrefix, StringComparison.Ordinal))
            return configured.Length >= ShortestSecret && SessionText.IsWellFormed(configured)
                && configured.Distinct().Count() >= FewestCharacters ? SHA256.HashData(Encoding.UTF8.GetBytes(configured)) : null;
        var hash = new byte[SHA256.HashSizeInBytes];
        return Convert.FromHexString(configured.AsSpan(HashPrefix.Length), hash, out var read, out var written) is System.Buffers.OperationStatus.Done && written == hash.Length && read == hash.Length * 2
            ? hash
            : null;
    }

    /// <summary>Whether one of them asks; anybody else has been answered.</summary>
    public static async Task<bool> AllowAsync(HttpContext context)
    {
        if (await PawlEndpoint.RefusePlainHttpAsync(context))
            return false;
        if (PawlEndpoint.Service<ServiceClients>(context).IsOne(context.Request))
            return true;
        await Problem.InvalidClient.WriteAsync(context);
        return false;
    }

    private bool IsOne(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !AuthenticationHeaderValue.TryParse(header, out var value)
            || !"Basic".Equals(value.Scheme, StringComparison.OrdinalIgnoreCase) || value.Parameter is null)
            return false;
        var bytes = new byte[value.Parameter.Length];
        if (!Convert.TryFromBase64String(value.Parameter, bytes, out var length))
            return false;
        var pair = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        if (pair.IndexOf(':') is not (>= 0 and var colon))
            return false;
        // RFC 6749 has both encoded like a form; curl and many others send them as they are.
        return Matches(pair[..colon], pair[(colon + 1)..]) | Matches(WebUtility.UrlDecode(pair[..colon]), WebUtility.UrlDecode(pair[(colon + 1)..]));
    }

    private bool Matches(string name, string secret)
    {
        var isKnown = _hashes.TryGetValue(name, out var hash);
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), hash ?? Nobodys) & isKnown;
    }
}
