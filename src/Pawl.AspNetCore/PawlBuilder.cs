using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>What <c>AddPawl</c> returns: choose a store on it.</summary>
public sealed class PawlBuilder
{
    internal PawlBuilder(IServiceCollection services, string scheme) => (Services, AuthenticationScheme) = (services, scheme);

    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The scheme that sessions are under.</summary>
    public string AuthenticationScheme { get; }
}
