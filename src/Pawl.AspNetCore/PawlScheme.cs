using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>The one authentication scheme of the sessions.</summary>
internal sealed record PawlScheme(AuthenticationScheme Scheme)
{
    public string Name => Scheme.Name;
}
