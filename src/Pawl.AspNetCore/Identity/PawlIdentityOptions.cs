using Microsoft.AspNetCore.Identity;

namespace Pawl.AspNetCore;

/// <summary>How Pawl joins ASP.NET Core Identity: <c>AddIdentityUsers&lt;User>(options => …)</c>.</summary>
public sealed class PawlIdentityOptions
{
    /// <summary>
    /// Whether sign-ins under <see cref="IdentityConstants.BearerScheme"/>, as by <c>POST /login</c> of <c>MapIdentityApi</c> without
    /// <c>useCookies</c>, start sessions, and whether <c>POST /refresh</c> refreshes them. If it is false, they get the framework's own
    /// tokens, which cannot be revoked: they outlive a sign-out, and are valid until they expire.
    /// </summary>
    /// <value>True. It has an effect if Pawl's scheme is <see cref="IdentityConstants.ApplicationScheme"/> and the app has the framework's
    /// bearer scheme, as with <c>AddIdentityApiEndpoints</c>.</value>
    public bool ReplaceBearerTokens { get; set; } = true;
}
