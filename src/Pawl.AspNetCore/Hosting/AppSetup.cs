using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>What the app has registered, in order, and whether <c>MapPawl</c> was called.</summary>
internal sealed class AppSetup(IServiceCollection services)
{
    public IServiceCollection Services => services;

    public bool IsMapped { get; set; }
}
