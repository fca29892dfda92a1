using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>The one authentication scheme of the sessions.</summary>
internal sealed record PawlScheme(AuthenticationScheme Scheme)
{
    public string Name => Scheme.Name;

    /// <summary>Whether cookie authentication was added under this name. Known once the framework's options have been read.</summary>
    public bool ReplacesCookie { get; set; }
}
