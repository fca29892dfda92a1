using Microsoft.Extensions.Configuration.Memory;

namespace Pawl.Server;

/// <summary>What holds where nothing else is said, by an argument, an environment variable or a file <c>appsettings.json</c> in the working directory.</summary>
internal static class ServerDefaults
{
    private const string Address = "http://localhost:5080";
    private const long LargestBody = 64 * 1024;

    public static WebApplicationBuilder WithServerDefaults(this WebApplicationBuilder builder)
    {
        // First in line, so that every other source has the last word.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
                // The framework's word on each access token that is out of date; what matters of it, Pawl logs under other names.
                ["Logging:LogLevel:Pawl.AspNetCore.PawlHandler"] = "Warning",
                // That the key folder is not encrypted is said in the documentation, not at each start.
                ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
            },
        });
        var configuration = builder.Configuration;
        // A container image sets http_ports; a default of ours would win over it.
        if (configuration["urls"] is null && configuration["http_ports"] is null && configuration["https_ports"] is null && !configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls(Address);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        SayFaultsOnce(builder);
        return builder;
    }

    // The host logs whatever stops a start, with its stack. Startup says it too, in one sentence, and for what that does not know the runtime prints the stack.
    private static void SayFaultsOnce(WebApplicationBuilder builder)
    {
        var started = false;
        foreach (var category in (string[])["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"])
            builder.Logging.AddFilter(category, level => started && level >= LogLevel.Warning);
        builder.Services.AddHostedService(services => new OnStarted(services.GetRequiredService<IHostApplicationLifetime>(), () => started = true));
    }

    private sealed class OnStarted(IHostApplicationLifetime lifetime, Action act) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(act);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
