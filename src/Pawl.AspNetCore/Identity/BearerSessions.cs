using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>Whether Pawl has the place of the framework's bearer tokens in this app.</summary>
internal sealed class BearerSessions(IOptions<AuthenticationOptions> authentication)
{
    public bool AreOn =>
        authentication.Value.SchemeMap.TryGetValue(IdentityConstants.BearerScheme, out var scheme)
        && scheme.HandlerType == typeof(IdentityBearerHandler);
}
