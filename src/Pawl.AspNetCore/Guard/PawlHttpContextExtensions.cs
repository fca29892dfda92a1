using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Http;

/// <summary>Pawl's checks of a request, for the app's own endpoints.</summary>
public static class PawlHttpContextExtensions
{
    /// <summary>
    /// Whether no page of another site has sent the request. True if it comes from a page of this origin or of
    /// <see cref="PawlOptions.TrustedOrigins"/>, if the user has entered the address, or if the client is not a browser.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <remarks>
    /// Pawl makes this check itself at sign-ins, and at unsafe requests with its cookies. Other endpoints that change something for the
    /// browser in front of the user, such as a registration, can ask here. The answer is for unsafe methods: browsers send no origin with
    /// a link that the user follows.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Pawl was not added to the services.</exception>
    /// <example>
    /// <code>
    /// app.MapPost("/register", (HttpContext context) => context.IsFromTrustedOrigin() ? Results.Ok() : Results.StatusCode(403));
    /// </code>
    /// </example>
    public static bool IsFromTrustedOrigin(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var scheme = context.RequestServices.GetRequiredService<PawlScheme>().Name;
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<PawlOptions>>().Get(scheme);
        return CrossOriginCheck.Allows(context.Request, RequestTokens.TakeFrom(context).HasCookie, options.TrustedOrigins);
    }
}
