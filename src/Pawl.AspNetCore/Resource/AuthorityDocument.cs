namespace Pawl.AspNetCore;

/// <summary>What the discovery document of the authority says (RFC 8414).</summary>
/// <param name="KeysUrl">The key set.</param>
/// <param name="EndingsUrl">The feed of endings; null if the authority lets no service follow it.</param>
/// <param name="IntrospectionUrl">Where a service asks about one token; null if no service may ask.</param>
internal sealed record AuthorityDocument(Uri KeysUrl, Uri? EndingsUrl, Uri? IntrospectionUrl)
{
    private const int MaxUrlLength = 2048;

    /// <summary>Where the document of an authority is.</summary>
    public static Uri FindUrl(string authority) => new(authority.TrimEnd('/') + "/.well-known/openid-configuration");

    /// <summary>Reads the document.</summary>
    /// <exception cref="AuthorityFaultException">It is no such document, or that of another issuer.</exception>
    public static AuthorityDocument Read(byte[] utf8, PawlResourceOptions options)
    {
        using var document = StrictJson.ParseObject(utf8);
        if (document is null)
            throw new AuthorityFaultException($"{FindUrl(options.Authority)} is no discovery document.");
        var root = document.RootElement;
        // RFC 8414, section 3.3: the issuer must be the expected one, so that no other server can pass its keys off as ours.
        if (StrictJson.GetText(root, "issuer"u8, MaxUrlLength) is var issuer && issuer != options.ExpectedIssuer)
            throw new AuthorityFaultException(
                $"The server at {options.Authority} says that its issuer is '{issuer}', "
                    + $"and this service expects '{options.ExpectedIssuer}'; "
                    + $"write options.Issuer = \"{issuer}\" if that is right, or set the Issuer of the server."
            );
        return new(
            Url("jwks_uri"u8) ?? throw new AuthorityFaultException($"The server at {options.Authority} names no key set (jwks_uri)."),
            Url("pawl_revocations_endpoint"u8),
            Url("introspection_endpoint"u8)
        );

        // The secret of this service goes to two of these URLs, so they must be where the authority or its issuer is.
        Uri? Url(ReadOnlySpan<byte> name)
        {
            if (StrictJson.GetText(root, name, MaxUrlLength) is not { } text)
                return null;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && AuthorityUrl.IsProtected(url) && IsOfAuthority(url, options))
                return url;
            throw new AuthorityFaultException(
                $"The server at {options.Authority} names a URL that has neither its origin nor that of its issuer: "
                    + "check its Issuer, and the forwarded headers behind a proxy."
            );
        }
    }

    private static bool IsOfAuthority(Uri url, PawlResourceOptions options) =>
        AuthorityUrl.IsSameOrigin(url, new Uri(options.Authority))
        || (Uri.TryCreate(options.ExpectedIssuer, UriKind.Absolute, out var issuer) && AuthorityUrl.IsSameOrigin(url, issuer));
}

/// <summary>The authority does not answer, or not as such a server answers. It never means that a session has ended.</summary>
internal sealed class AuthorityFaultException(string message, Exception? inner = null) : Exception(message, inner);
