using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using Pawl.Blazor;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the session of the browser to a Blazor WebAssembly app.</summary>
public static class BrowserSessionServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="BrowserSession"/>, an <see cref="AuthenticationStateProvider"/> that follows it, and authorization of components. It
    /// takes the place of <c>AddAuthenticationStateDeserialization</c>, whose state it begins with.
    /// </summary>
    /// <param name="services">The services of the app in the browser.</param>
    /// <param name="configure">Sets options.</param>
    /// <example>
    /// <code>
    /// builder.Services.AddBrowserSession();
    /// </code>
    /// </example>
    public static IServiceCollection AddBrowserSession(this IServiceCollection services, Action<BrowserSessionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<BrowserSessionOptions>();
        if (configure is not null)
            options.Configure(configure);
        services.AddAuthorizationCore();
        services.AddCascadingAuthenticationState();
        // Singletons of a WebAssembly app live as long as the page. Handlers of HttpClient come from another scope than components do.
        services.TryAddSingleton(static p => new BrowserSession(
            p.GetRequiredService<IJSRuntime>(),
            p.GetRequiredService<IOptions<BrowserSessionOptions>>()
        ));
        services.AddAuthenticationStateDeserialization();
        var rendered = services.Last(static s => s.ServiceType == typeof(AuthenticationStateProvider));
        if (rendered.ImplementationType is { } type)
        {
            services.Remove(rendered);
            services.AddScoped<AuthenticationStateProvider>(p => new SessionAuthenticationStateProvider(
                p.GetRequiredService<BrowserSession>(),
                ((AuthenticationStateProvider)ActivatorUtilities.CreateInstance(p, type)).GetAuthenticationStateAsync()
            ));
        }
        return services;
    }

    /// <summary>
    /// Sends the requests of an <c>HttpClient</c> in the name of the session, as the browser client's own <c>fetch</c> does. Requests to
    /// origins other than the page's and <see cref="BrowserSessionOptions.Origins"/> are sent unchanged.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <example>
    /// <code>
    /// var browser = WebAssemblyHostBuilder.CreateDefault();
    /// browser.Services.AddHttpClient("app", app => app.BaseAddress = new Uri(browser.HostEnvironment.BaseAddress)).AddBrowserSession();
    /// </code>
    /// </example>
    public static IHttpClientBuilder AddBrowserSession(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddHttpMessageHandler(static p => new BrowserSessionHandler(
            p.GetRequiredService<BrowserSession>(),
            p.GetRequiredService<NavigationManager>()
        ));
    }
}
