namespace Pawl.AspNetCore;

public partial class PawlOptions
{
    /// <summary>
    /// Whether sessions of the transport <see cref="SessionTransport.Body"/> may be bound to a key of their device by DPoP (RFC 9449). The
    /// first refresh with a proof binds a session. From then on each refresh and each request needs a proof by the same key, so stolen
    /// tokens are worth nothing without it. Clients that send no proof are served as before.
    /// </summary>
    /// <value>False. A session that is bound already needs its proofs in any case.</value>
    /// <remarks>
    /// <see cref="Issuer"/> must be the public URL, because proofs name URLs. Set this option when all nodes know it: an older node asks
    /// for no proofs. Services that verify tokens by <c>AddJwtBearer</c> ask for none either.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => (options.Issuer, options.AcceptDpop) = ("https://app.example.com", true));
    /// </code>
    /// </example>
    public bool AcceptDpop { get; set; }

    /// <summary>
    /// Whether browsers bind their sessions to a key of the device, so that copied cookies are worth nothing elsewhere (Device Bound
    /// Session Credentials). Each sign-in over https offers it, and a browser that can do it refreshes by itself, with a proof. Other
    /// browsers ignore the offer.
    /// </summary>
    /// <value>
    /// Off. With another value, <see cref="AccessTokenLifetime"/> must be at least 267 seconds. With Preferred,
    /// <see cref="IdleTimeout"/> must be at least twice as long as that lifetime.
    /// </value>
    /// <remarks>Set this option when all nodes know it: an older node has no endpoint for the proofs.</remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.DeviceBinding = DeviceBinding.Preferred);
    /// </code>
    /// </example>
    public DeviceBinding DeviceBinding { get; set; }

    // For refreshes without a proof. The time for a registration ends with its challenge.
    internal DeviceBindingRule DeviceBindingRule =>
        new(DeviceBinding is DeviceBinding.Preferred, DeviceBinding is DeviceBinding.Required ? DeviceChallenge.Lifetime : null);
}
