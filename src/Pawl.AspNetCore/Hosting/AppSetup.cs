using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>What the app has registered, in order, and whether <c>MapPawl</c> was called.</summary>
internal sealed class AppSetup(IServiceCollection services)
{
    public IServiceCollection Services => services;

    public bool IsMapped { get; set; }

    /// <summary>Stops a sign-in whose session no request would refresh. The failure five minutes later is harder to understand.</summary>
    /// <exception cref="InvalidOperationException">The endpoints are not mapped, and requests are not refreshed.</exception>
    public void ThrowIfNotRefreshed(PawlOptions options)
    {
        if (!IsMapped && options.NeedsEndpoints)
            throw new InvalidOperationException(
                "A sign-in starts a session, but Pawl's endpoints, which refresh it, are not mapped: write app.MapPawl(). "
                    + $"The call does no harm if other nodes serve {options.BasePath}."
            );
    }
}
