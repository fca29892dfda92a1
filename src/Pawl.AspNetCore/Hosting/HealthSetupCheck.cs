using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Pawl.AspNetCore;

/// <summary>
/// Checks at start that Pawl was added. Otherwise the first probe would fail, and it would not say why.
/// </summary>
internal sealed class HealthSetupCheck(IServiceProviderIsService known) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        known.IsService(typeof(PawlScheme))
            ? Task.CompletedTask
            : throw new SetupException(
                "AddHealthChecks().AddPawl() checks Pawl, which was not added; "
                    + "write builder.Services.AddPawl().AddSqliteStore(\"Data Source=sessions.db\")."
            );

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
