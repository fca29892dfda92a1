using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Checks the name and secret of a service that asks about tokens or endings (RFC 6749, section 2.3.1).
/// </summary>
internal sealed class ServiceCredentials(IOptionsMonitor<PawlOptions> options, PawlScheme scheme)
{
    // An unknown name is compared with this hash, so that both comparisons take the same time.
    private static readonly byte[] NoHash = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    private readonly Dictionary<string, byte[]> _hashes = options
        .Get(scheme.Name)
        .ServiceClients.ToDictionary(static c => c.Key, static c => ServiceSecret.Hash(c.Value)!, StringComparer.Ordinal);

    /// <summary>Whether the request is from such a service. For any other request the error response has been written.</summary>
    public static async Task<bool> AllowAsync(HttpContext context)
    {
        if (await PawlEndpoint.RefusePlainHttpAsync(context))
            return false;
        if (PawlEndpoint.Service<ServiceCredentials>(context).IsOne(context.Request))
            return true;
        await Problem.InvalidClient.WriteAsync(context);
        return false;
    }

    private bool IsOne(HttpRequest request)
    {
        if (
            request.Headers.Authorization is not [{ } header]
            || !AuthenticationHeaderValue.TryParse(header, out var value)
            || !"Basic".Equals(value.Scheme, StringComparison.OrdinalIgnoreCase)
            || value.Parameter is null
        )
            return false;
        var bytes = new byte[value.Parameter.Length];
        if (!Convert.TryFromBase64String(value.Parameter, bytes, out var length))
            return false;
        var pair = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        if (pair.IndexOf(':') is not (>= 0 and var colon))
            return false;
        // RFC 6749 form-encodes both; curl and many other clients send them unencoded.
        return Matches(pair[..colon], pair[(colon + 1)..])
            | Matches(WebUtility.UrlDecode(pair[..colon]), WebUtility.UrlDecode(pair[(colon + 1)..]));
    }

    private bool Matches(string name, string secret)
    {
        var isKnown = _hashes.TryGetValue(name, out var hash);
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), hash ?? NoHash) & isKnown;
    }
}
