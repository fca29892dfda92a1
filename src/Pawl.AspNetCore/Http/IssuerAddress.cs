using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Warns once in a process if requests to the issuer's host arrive with another scheme or port than the issuer has. Then a proxy drops
/// the port from the Host header, or the app does not read the forwarded headers.
/// </summary>
internal sealed class IssuerAddress(ILogger<IssuerAddress> logger)
{
    private int _hasWarned;

    /// <summary>Compares a request with the issuer. Requests by another host name, as inside a network, are ignored.</summary>
    public void Compare(HttpRequest request, Uri issuer)
    {
        var (host, isHttps) = (request.Host, request.IsHttps);
        var port = host.Port ?? (isHttps ? 443 : 80);
        if (
            !host.Host.Equals(issuer.Host, StringComparison.OrdinalIgnoreCase)
            || (port == issuer.Port && isHttps == (issuer.Scheme is "https"))
            || Interlocked.Exchange(ref _hasWarned, 1) != 0
        )
            return;
        logger.OtherAddress(issuer.GetLeftPart(UriPartial.Authority), $"{(isHttps ? "https" : "http")}://{issuer.Host}:{port}");
    }
}
