using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore;

/// <summary>A service without which a call on <see cref="PawlBuilder"/> cannot work, and the line to write.</summary>
internal sealed record RequiredService(Type Type, string Remedy);

/// <summary>What the app has registered, in order, and whether <c>MapPawl</c> was called.</summary>
internal sealed class AppSetup(IServiceCollection services)
{
    public IServiceCollection Services => services;

    public bool IsMapped { get; set; }
}
