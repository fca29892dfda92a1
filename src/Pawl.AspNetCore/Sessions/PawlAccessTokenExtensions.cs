using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Authentication;

/// <summary>The access token of a request, for a gateway that sends it on to other services.</summary>
public static class PawlAccessTokenExtensions
{
    /// <summary>
    /// The access token that the request is authenticated by, from the cookie or the header. If the request has been refreshed, it is the
    /// new one.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>
    /// The token. Null if the request has no user, or none by an access token, as in the request that exchanges a ticket of cookie
    /// authentication.
    /// </returns>
    /// <remarks>
    /// <c>GetTokenAsync("access_token")</c> returns something else: the token of an external provider that the sign-in has saved. Send
    /// the token only to services that the user's session is meant for. It must not reach a page.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Pawl was not added to the services.</exception>
    /// <example>
    /// <code>
    /// app.MapGet("/orders", async (HttpContext context, HttpClient orders) =>
    /// {
    ///     using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders.internal/");
    ///     request.Headers.Authorization = new("Bearer", await context.FindAccessTokenAsync());
    ///     return await (await orders.SendAsync(request)).Content.ReadAsStringAsync();
    /// }).RequireAuthorization();
    /// </code>
    /// </example>
    public static async Task<string?> FindAccessTokenAsync(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var services = context.RequestServices;
        var scheme = services.GetRequiredService<PawlScheme>().Name;
        var options = services.GetRequiredService<IOptionsMonitor<PawlOptions>>().Get(scheme);
        var result = await context.AuthenticateAsync(scheme);
        if (!result.Succeeded || TokenClaims.FindSession(result.Principal, options.Issuer) is not { } session)
            return null;
        StringSegment text = context.Features.Get<RequestRefreshResult>()?.AccessToken ?? RequestTokens.TakeFrom(context).Access.Value;
        if (!text.HasValue)
            return null;
        // The cookie may be of an earlier session, or expired, if something else has authenticated the request.
        var (token, _) = await services.GetRequiredService<TokenReader>().ReadAccessAsync(text, options, context.RequestAborted);
        return token?.Token.SessionId.ToString() == session ? text.ToString() : null;
    }
}
