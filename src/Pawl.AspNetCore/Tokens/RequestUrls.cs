using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pawl.AspNetCore;

/// <summary>
/// The URLs that a request may have had for its client. Scheme and host are those of the app's public URL and never those of
/// the request: the client chooses its Host header, and a proof that was made for another server would then be good here.
/// </summary>
internal static class RequestUrls
{
    /// <summary>The URLs, all of the same resource; empty if there is no public URL.</summary>
    public static IReadOnlyList<string> Find(HttpContext context, string? publicUrl)
    {
        if (!Uri.TryCreate(publicUrl, UriKind.Absolute, out var app) || app.Scheme is not ("https" or "http"))
            return [];
        var origin = app.GetLeftPart(UriPartial.Authority);
        var (pathBase, path) = (RequestFacts.FindOriginalPathBase(context), RequestFacts.FindOriginalPath(context));
        var urls = new List<string> { origin + (pathBase + path).ToUriComponent() };
        // A proxy may have removed the path of the app.
        if (app.AbsolutePath.TrimEnd('/') is { Length: > 0 } prefix && !pathBase.HasValue)
            urls.Add(origin + prefix + path.ToUriComponent());
        // Byte for byte as it came, because a client may escape characters that the server would not.
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target)
            urls.Add(origin + target);
        return urls;
    }
}
