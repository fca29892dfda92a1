using Microsoft.Extensions.FileProviders;

namespace Pawl.Server;

/// <summary>The page at <c>/</c>: files without a build step, embedded in the program.</summary>
internal static class Page
{
    // No inline script or style, no foreign resources, no framing, and no text is ever interpreted as markup or code.
    private const string ContentSecurityPolicy =
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    public static void UsePage(this WebApplication app)
    {
        var files = new EmbeddedFileProvider(typeof(Page).Assembly, "wwwroot");
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(
            new StaticFileOptions { FileProvider = files, OnPrepareResponse = static file => SetHeaders(file.Context.Response.Headers) }
        );
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // The browser revalidates each file by its ETag, because a page and a client of two versions would not fit.
        headers.CacheControl = "no-cache";
    }
}
