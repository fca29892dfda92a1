using Microsoft.Playwright;
using Pawl.AspNetCore.Tests;
using Pawl.EndToEnd.Scenarios;

namespace Pawl.EndToEnd.Harness;

/// <summary>The package @microsoft/signalr of npm. Browsers get its files in place of the CDN's, so no test needs the internet.</summary>
internal static class SignalRPackage
{
    public const string Cdn = "https://cdn.jsdelivr.net/npm/@microsoft/signalr@10.0.11/dist/";

    private static readonly string Folder = Repository.File("test/Pawl.AspNetCore.Tests/Clients/node_modules/@microsoft/signalr/dist");

    public static async Task ServeAsync(IBrowserContext context)
    {
        await NodeClients.RequireAsync();
        await context.RouteAsync(Cdn + "**", Fulfill);
    }

    private static Task Fulfill(IRoute route)
    {
        var path = Path.Combine(Folder, route.Request.Url[Cdn.Length..]);
        return route.FulfillAsync(
            new()
            {
                // Modules of the package import each other without an extension.
                Path = File.Exists(path) ? path : path + ".js",
                ContentType = "text/javascript",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
            }
        );
    }
}
