using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// Replaces the redirect after a sign-in that started on another site, such as an external provider. Browsers do not send <c>Strict</c>
/// cookies on redirects of such a navigation, so the first page would see no signed-in user. A page of this origin starts a new
/// navigation, which carries the cookies.
/// </summary>
internal sealed class InterstitialPage(IOptionsMonitor<PawlOptions> options, PawlScheme scheme)
{
    /// <summary>Runs before the app's own middleware, because a handler redirects after its call of <c>SignInAsync</c>.</summary>
    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        RequestFacts.MayBeCrossSiteNavigation(context.Request) && options.Get(scheme.Name).SameSite is SameSiteMode.Strict
            ? ReplaceAsync(context, next)
            : next(context);

    private static async Task ReplaceAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        if (
            response is { HasStarted: false, StatusCode: StatusCodes.Status302Found or StatusCodes.Status303SeeOther }
            && SignsIn(response, RequestTokens.TakeFrom(context).Names.SignIn)
            && !CrossOriginCheck.IsOwnPage(context.Request)
            && response.Headers.Location is [{ Length: > 0 } target]
            && RedirectTarget.IsOwn(target, context.Request)
        )
            await WriteAsync(response, target, "Signed in");
    }

    // A browser keeps the last cookie of a name.
    private static bool SignsIn(HttpResponse response, string name) =>
        response.Headers.SetCookie.LastOrDefault(c => c!.StartsWith($"{name}=", StringComparison.Ordinal)) is { } cookie
        && cookie[name.Length + 1] is not ';';

    /// <summary>Writes a page that starts a navigation of this origin.</summary>
    public static Task WriteAsync(HttpResponse response, string target, string title)
    {
        var url = HtmlEncoder.Default.Encode(target);
        var page = Encoding.UTF8.GetBytes(
            $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="0;url={url}">
            <title>{title}</title>
            <p><a href="{url}">Continue</a></p>
            </html>

            """
        );
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = page.Length;
        var headers = response.Headers;
        headers.Location = default;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'";
        headers.XContentTypeOptions = "nosniff";
        // The URL of a callback may hold the provider's code.
        headers["Referrer-Policy"] = "no-referrer";
        return response.Body.WriteAsync(page, 0, page.Length, response.HttpContext.RequestAborted);
    }
}
