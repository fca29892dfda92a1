using Microsoft.Extensions.Configuration.Memory;

namespace Pawl.Server;

/// <summary>
/// The defaults, unless an argument, an environment variable or a file <c>appsettings.json</c> in the working directory sets a value.
/// </summary>
internal static class ServerDefaults
{
    private const string Address = "http://localhost:5080";
    private const long MaxBodySize = 64 * 1024;

    public static WebApplicationBuilder WithServerDefaults(this WebApplicationBuilder builder)
    {
        // The first source, so that every other source overrides it.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0,
            new MemoryConfigurationSource
            {
                InitialData = new Dictionary<string, string?>
                {
                    ["Logging:LogLevel:Default"] = "Information",
                    ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                    ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",
                    // The framework logs each expired access token. Pawl logs the important events under its own names.
                    ["Logging:LogLevel:Pawl.AspNetCore.PawlHandler"] = "Warning",
                    // The documentation says that the key folder is not encrypted. The framework would log it at each start.
                    ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
                },
            }
        );
        var configuration = builder.Configuration;
        // A container image sets http_ports, and a default for urls would override it.
        if (
            configuration["urls"] is null
            && configuration["http_ports"] is null
            && configuration["https_ports"] is null
            && !configuration.GetSection("Kestrel:Endpoints").Exists()
        )
            builder.WebHost.UseUrls(Address);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodySize;
        });
        SayFaultsOnce(builder);
        return builder;
    }

    // The host logs an exception that stops a start with its stack. Startup prints its sentence instead. For unknown exceptions the
    // runtime prints the stack.
    private static void SayFaultsOnce(WebApplicationBuilder builder)
    {
        var started = false;
        foreach (var category in (string[])["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"])
            builder.Logging.AddFilter(category, level => started && level >= LogLevel.Warning);
        builder.Services.AddHostedService(services => new OnStarted(services.GetRequiredService<IHostApplicationLifetime>(), () =>
            started = true
        ));
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
