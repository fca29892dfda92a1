using Pawl.Client.Proofs;

namespace Pawl.Client;

/// <summary>What a <see cref="PawlSession"/> has to know. It is read once, when the session is made.</summary>
public sealed class PawlSessionOptions
{
    /// <summary>
    /// The origin of the server that signs in. Required: https, or http on this machine. A path is the server's base, such as
    /// <c>https://example.com/app</c>.
    /// </summary>
    public Uri? Server { get; set; }

    /// <summary>The path of the server's endpoints below <see cref="Server"/>, its option <c>BasePath</c>. Default: <c>/auth</c>.</summary>
    public string BasePath { get; set; } = "/auth";

    /// <summary>
    /// Tells several accounts of one server apart, as a name of the app's choice. A vault that holds another account's session is refused.
    /// Default: empty; the key of a keyed session.
    /// </summary>
    public string Account { get; set; } = "";

    /// <summary>
    /// Other origins that get the access token, besides the server's own. They are compared exactly: scheme, host and port.
    /// </summary>
    public IList<Uri> Origins { get; } = [];

    /// <summary>Where the tokens are kept. Default: in memory.</summary>
    public ITokenVault? Vault { get; set; }

    /// <summary>
    /// The maximum length in bytes of a request's stream that is kept in memory, so that the request can be sent again after a refresh.
    /// A stream of unknown length is not kept. Default: 0, so a stream is sent once and its 401 goes to the caller.
    /// </summary>
    public int MaxBufferedStream { get; set; }

    /// <summary>
    /// Sends the calls to the session's own endpoints, as through a proxy or in a test. The session does not
    /// dispose it. It must not follow redirects. Default: a <see cref="SocketsHttpHandler"/> without cookies and redirects.
    /// </summary>
    public HttpMessageHandler? BackchannelHandler { get; set; }

    /// <summary>The clock. Default: the one that is registered as a service, else the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal bool BindsSession { get; private set; }

    internal IProofKey? ProofKey { get; private set; }

    /// <summary>
    /// Binds sessions to a key by DPoP (RFC 9449), so that stolen tokens are worth nothing without it. The server needs the option
    /// <c>AcceptDpop</c>. A session is bound at its sign-in, and one that the vault has already at its next refresh.
    /// </summary>
    /// <param name="key">
    /// A key in the key store of the platform. By default a key of P-256 is made for each sign-in and saved with the tokens: then a copied
    /// token is worth nothing, but a copy of the whole vault is.
    /// </param>
    /// <remarks>
    /// A server without the option serves the session unbound, and <see cref="SignedIn.BindingProblem"/> says so. A session that is bound
    /// stays so, also without this call, and never goes on with tokens that are not.
    /// </remarks>
    /// <example><code>
    /// builder.Services.AddPawlSession(options =&gt;
    /// {
    ///     options.Server = new Uri("https://example.com");
    ///     options.UseDpop();
    /// });
    /// </code></example>
    public void UseDpop(IProofKey? key = null) => (BindsSession, ProofKey) = (true, key);

    /// <summary>Why these options cannot work, in a sentence.</summary>
    internal string? FindProblem()
    {
        if (!IsOrigin(Server))
            return $"{nameof(Server)} must be an absolute https URL, or http on this machine, without user, query and fragment.";
        if (Origins.Any(static origin => !IsOrigin(origin)))
            return $"{nameof(Origins)} must be absolute https URLs, or http on this machine, without user, query and fragment.";
        if (string.IsNullOrWhiteSpace(BasePath))
            return $"{nameof(BasePath)} must be a path, such as /auth.";
        if (MaxBufferedStream < 0)
            return $"{nameof(MaxBufferedStream)} must not be negative.";
        if (ProofKey is { } key && !PublicPoint.IsValid(key.PublicKey.Span))
            return $"The {nameof(IProofKey.PublicKey)} of the key for {nameof(UseDpop)} must be a point of P-256 in 65 bytes: 4, x and y.";
        return Account is null || TimeProvider is null ? $"{nameof(Account)} and {nameof(TimeProvider)} must not be null." : null;
    }

    private static bool IsOrigin(Uri? uri) =>
        uri is { IsAbsoluteUri: true, UserInfo: "", Query: "", Fragment: "" }
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
