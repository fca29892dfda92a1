using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Pawl.Testing;

/// <summary>What a test replaces in the app, in <c>WithWebHostBuilder</c> or <c>ConfigureWebHost</c> of its factory.</summary>
public static class PawlTestHostExtensions
{
    /// <summary>Gives the app another clock. All of the app sees it, because it replaces the service <see cref="TimeProvider"/>.</summary>
    /// <param name="host">The host of the test.</param>
    /// <param name="clock">A <see cref="TestClock"/>, or another such as <c>FakeTimeProvider</c>.</param>
    /// <example><code>
    /// var clock = new TestClock();
    /// await using var factory = new WebApplicationFactory&lt;Program&gt;().WithWebHostBuilder(host =&gt; host.UseClock(clock));
    /// clock.Advance(TimeSpan.FromDays(15));
    /// </code></example>
    public static IWebHostBuilder UseClock(this IWebHostBuilder host, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return host.ConfigureTestServices(services => services.Replace(ServiceDescriptor.Singleton(clock)));
    }

    /// <summary>
    /// Keeps the sessions and keys in memory, in place of the app's store. Each host has its own, so tests that run in parallel share no
    /// session, and no file or database is needed.
    /// </summary>
    /// <param name="host">The host of the test.</param>
    /// <example><code>
    /// await using var factory = new WebApplicationFactory&lt;Program&gt;().WithWebHostBuilder(host =&gt; host.UseMemoryStore());
    /// </code></example>
    public static IWebHostBuilder UseMemoryStore(this IWebHostBuilder host) =>
        host.ConfigureTestServices(static services =>
        {
            services.AddSingleton(static _ => new MemoryStore(new MemoryState()));
            services.Replace(ServiceDescriptor.Singleton<ISessionStore>(static app => app.GetRequiredService<MemoryStore>()));
            services.Replace(ServiceDescriptor.Singleton<IKeyStore>(static app => app.GetRequiredService<MemoryStore>()));
        });
}
