namespace Pawl.AspNetCore;

/// <summary>URLs to which a service sends its secret, or whose keys it believes.</summary>
internal static class AuthorityUrl
{
    /// <summary>Whether nobody on the network can read or change the answer: https, or http on this machine.</summary>
    public static bool IsProtected(Uri url) =>
        url.UserInfo.Length == 0
        && (
            url.Scheme == Uri.UriSchemeHttps
            || (url.Scheme == Uri.UriSchemeHttp && (url.IsLoopback || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)))
        );

    /// <summary>Whether both have the same scheme, host and port.</summary>
    public static bool IsSameOrigin(Uri url, Uri other) =>
        Uri.Compare(url, other, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
