using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// <c>GET /auth/client/{file}.js</c>: serves the browser client, so that a page needs no bundler: <c>import { createSession } from
/// '/auth/client/pawl.js'</c>. One file is written here: the module that tells the client <see cref="PawlOptions.CookieName"/>.
/// </summary>
internal static class ClientEndpoint
{
    private const string NameFile = "name.js";

    private static readonly ConcurrentDictionary<string, byte[]> Files = new(
        typeof(ClientEndpoint)
            .Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith("client/", StringComparison.Ordinal))
            .ToDictionary(static name => name["client/".Length..], Load),
        StringComparer.Ordinal
    );

    public static EndpointDescription Description =>
        new EndpointDescription("PawlClient", "A module of the browser client")
            .Takes(static (string file) => { })
            .Returns<string>("text/javascript")
            .Refuses(Problem.NotFound);

    public static async Task HandleAsync(HttpContext context)
    {
        if (context.Request.RouteValues["file"] is not string file || !Files.TryGetValue(file, out var content))
        {
            await Problem.NotFound.WriteAsync(context);
            return;
        }
        if (file == NameFile)
            content = Encoding.ASCII.GetBytes($"export const COOKIE_NAME = '{PawlEndpoint.Options(context).CookieName}';\n");
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await Cacheable.WriteAsync(context, content, "text/javascript; charset=utf-8", "public, no-cache");
    }

    private static byte[] Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
