using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>
/// The options of a service that accepts the access tokens of another server. All values are validated at start. Those of the inherited
/// members that this scheme does not use are refused.
/// </summary>
public class PawlResourceOptions : AuthenticationSchemeOptions
{
    /// <summary>
    /// The URL of the server that issues the tokens. Its discovery document is found below it. <c>AddPawlResource</c> sets it.
    /// </summary>
    public string Authority { get; set; } = "";

    /// <summary>The only accepted <c>iss</c> claim, compared character by character. The discovery document must name it, too.</summary>
    /// <value>Null: <see cref="Authority"/>, without a slash at its end.</value>
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> claim that a token must have.</summary>
    /// <value>Null: the same as the issuer, which is the server's own default.</value>
    public string? Audience { get; set; }

    /// <summary>The name of this service in the server's option <see cref="PawlOptions.ServiceClients"/>.</summary>
    public string? ServiceName { get; set; }

    /// <summary>The secret of this service there: the secret itself, at least 32 characters, and not its hash.</summary>
    public string? ServiceSecret { get; set; }

    /// <summary>
    /// Whether this service follows the sessions that end at the server. Without that, an access token is accepted until it expires, also
    /// after a sign-out.
    /// </summary>
    /// <value>True. It needs <see cref="ServiceName"/> and <see cref="ServiceSecret"/>.</value>
    public bool FollowEndings { get; set; } = true;

    /// <summary>
    /// What happens to a request with a valid access token while the server does not answer, so that this service does not know which
    /// sessions have ended. <c>AddPawlResource</c> sets it.
    /// </summary>
    public StoreUnavailableBehavior WhenUnavailable { get; set; }

    /// <summary>The time without an answer of the server after which <see cref="WhenUnavailable"/> applies.</summary>
    /// <value>1 minute; 10 seconds to 1 hour.</value>
    public TimeSpan UnavailableAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether this service accepts access tokens that are bound to a key by DPoP (RFC 9449), with a proof for each request. Without that,
    /// it refuses them (401 <c>device_proof_required</c>).
    /// </summary>
    /// <value>False. It needs <see cref="PublicUrl"/>, and <see cref="ServiceSecret"/> for its nonces.</value>
    public bool AcceptDpop { get; set; }

    /// <summary>
    /// The URL by which clients reach this service, such as <c>https://billing.example.com</c>, with the path that a proxy removes. A proof
    /// names the URL of its request, and the client could choose any <c>Host</c> header.
    /// </summary>
    /// <value>Null: only with <see cref="AcceptDpop"/> it is needed.</value>
    public string? PublicUrl { get; set; }

    /// <summary>The maximum difference between the clocks of the server and of this service.</summary>
    /// <value>30 seconds; at most 2 minutes.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum memory of the cache of verified access tokens. A cached token needs no signature check.</summary>
    /// <value>64 MiB.</value>
    public long VerifiedTokenCacheBytes { get; set; } = 64L << 20;

    /// <summary>The handler for requests to the server, as for a proxy or in tests. The app disposes of it.</summary>
    /// <value>Null: a handler that follows no redirect and keeps no cookie.</value>
    public HttpMessageHandler? BackchannelHttpHandler { get; set; }

    // A question for endings waits for so long, and the keys are read this often. Two may fail before the server counts as silent.
    internal TimeSpan Interval => UnavailableAfter / 3 is var third && third < TimeSpan.FromSeconds(25) ? third : TimeSpan.FromSeconds(25);

    internal string ExpectedIssuer => Issuer ?? Authority.TrimEnd('/');

    // Options do not change after validation, and each request reads them.
    internal AccessTokenRules Rules =>
        field ??= new()
        {
            Issuer = ExpectedIssuer,
            Audience = Audience ?? ExpectedIssuer,
            ClockSkew = ClockSkew,
        };
}
